using System.Collections.Immutable;
using Ansatz.Language;
using Ansatz.LocalModels;

namespace Ansatz.Bench.Engine;

/// <summary>The texts: reviews to be sorted under prompts that differ from candidate to candidate, as in the README's study.</summary>
internal sealed class Workload
{
    public static readonly ImmutableArray<string> Labels = [" praise", " complaint"];

    // Reviews of one length, so that a rollout is a rollout.
    private const int LeastTokens = 12, MostTokens = 18;

    private readonly ImmutableArray<string> _demonstrations;

    public Workload(EmbeddedModel model, string reviewsFile)
    {
        Dataset reviews = Dataset.FromCsv(reviewsFile, input: "text", answer: "label");
        (string Item, string Label, int Tokens)[] sized =
            [.. reviews.Items.Select(r => (r.Fields["text"] + "\nKind:", r.Answer, model.Tokenize(r.Fields["text"] + "\nKind:").Length))];
        _demonstrations = [.. sized.Where(static r => r.Tokens is 20 or 21).Take(8).Select(static r => $"Review: {r.Item} {r.Label}\n\n")];
        Items = [.. sized.Where(static r => r.Tokens is >= LeastTokens and <= MostTokens).Take(40).Select(static r => r.Item)];
    }

    /// <summary>40 items, each as it follows the prefix.</summary>
    public ImmutableArray<string> Items { get; }

    /// <summary>The prefix of a candidate: an instruction, or eight demonstrations in an order of the candidate's own.</summary>
    public string Prefix(string size, int candidate) => size == "short"
        ? $"Candidate {candidate}. Decide whether each of these reviews of products is praise or a complaint, and answer with one of the two words, nothing else.\n\nReview: "
        : string.Concat(_demonstrations.Select((_, i) => _demonstrations[(i + candidate) % 8])) + "Review: ";
}
