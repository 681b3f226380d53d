using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>
/// What chat APIs hide: how probable given continuations of a text are. A chat client that can tell offers it through
/// <c>GetService(typeof(IContinuationScorer))</c>.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public interface IContinuationScorer
{
    /// <summary>All that decides the numbers: weights, kernels, batch size, version. Goes into the objective's identity.</summary>
    JsonObject Identity { get; }

    /// <summary>The longest text, in tokens, that the model takes, continuation included.</summary>
    int ContextTokens { get; }

    /// <summary>The tokens of a text, without special tokens added.</summary>
    ImmutableArray<int> Tokenize(string text);

    /// <summary>
    /// Log-probabilities of every continuation after every item, for a block of items under one prefix: item i reads
    /// <c>prefix + items[i]</c>, and continuation k follows it.
    /// </summary>
    /// <param name="prefix">What all items begin with. Computed once a block.</param>
    /// <param name="items">The rest of each text. The numbers may depend, within rounding, on which items stand together in a block and in what order; the same block gives the same bits.</param>
    /// <param name="continuations">The continuations, each as it stands in the text, leading space included.</param>
    /// <param name="firstTokenOnly">Only the first token of each continuation counts: faster, one position an item.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>[items, continuations] natural logarithms; and the number of tokens that each item's text has, prefix included, continuation not.</returns>
    /// <exception cref="ContextOverflowException">An item does not fit; nothing was computed.</exception>
    Task<ContinuationScores> ScoreAsync(
        string prefix, IReadOnlyList<string> items, IReadOnlyList<string> continuations, bool firstTokenOnly, CancellationToken cancellationToken);
}

/// <summary>The answer of <see cref="IContinuationScorer.ScoreAsync"/>.</summary>
/// <param name="LogProbabilities">[items][continuations], natural logarithms, summed over the tokens of a continuation.</param>
/// <param name="PromptTokens">[items]: tokens of each text, prefix included, continuation not.</param>
public sealed record ContinuationScores(ImmutableArray<ImmutableArray<double>> LogProbabilities, ImmutableArray<int> PromptTokens);

/// <summary>A text is longer than the model's context.</summary>
/// <param name="message">How long it is, and how long it may be.</param>
/// <param name="item">Which item of the block.</param>
/// <param name="tokens">How many tokens it has.</param>
public sealed class ContextOverflowException(string message, int item, int tokens) : Exception(message)
{
    /// <summary>Which item of the block.</summary>
    public int Item { get; } = item;

    /// <summary>How many tokens its text has.</summary>
    public int Tokens { get; } = tokens;
}
