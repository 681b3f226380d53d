using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>Scores prompts: the share of items that a model answers rightly under them.</summary>
public sealed class PromptObjective : Objective<Prompt>
{
    private readonly PromptPart _part;
    private readonly Scorer _scorer;
    private readonly PromptSolver _solver;

    /// <summary>An objective with instruction and demonstrations open, from an empty prompt.</summary>
    /// <param name="template">The locked text and its holes.</param>
    /// <param name="splits">The items.</param>
    /// <param name="scorer">What counts as right.</param>
    /// <param name="model">Who answers.</param>
    /// <exception cref="InputException">These do not fit each other.</exception>
    public PromptObjective(PromptTemplate template, DataSplits splits, Scorer scorer, IChatClient model)
        : this(new PromptPart(template, splits), scorer, model)
    {
    }

    /// <summary>An objective over an open part.</summary>
    /// <param name="part">Template, items, the user's own prompt, and what is open.</param>
    /// <param name="scorer">What counts as right.</param>
    /// <param name="model">Who answers. Log-probabilities are used where it tells them and the scorer is a <see cref="LabelScorer"/>.</param>
    /// <param name="noun">What the items are called in a sentence, in the plural: "reviews".</param>
    /// <param name="settings">How chat calls are made.</param>
    /// <exception cref="InputException">
    /// An item does not fit into the model's context under the user's own prompt, its labels cannot be told apart, or no reply to it could be right.
    /// </exception>
    public PromptObjective(PromptPart part, Scorer scorer, IChatClient model, string noun = "items", SolverSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(scorer);
        _part = part;
        _scorer = scorer;
        _solver = new(part.Template, part.Labels, scorer, model, settings);
        Noun = noun;
        TextItem[] items = [.. part.Splits.Train, .. part.Splits.Validation, .. part.Splits.Test];
        if (items.FirstOrDefault(i => scorer.Flaw(i) is not null) is { } flawed)
        {
            int count = items.Count(i => scorer.Flaw(i) is not null);
            throw new InputException($"{(flawed.Source.Length > 0 ? flawed.Source + ": " : "")}{scorer.Flaw(flawed)}{(count > 1 ? string.Create(CultureInfo.InvariantCulture, $" So it is for {count - 1:N0} more.") : "")}");
        }

        _solver.Check(part.Yours, items);
    }

    /// <summary>Has the model answer items under a prompt.</summary>
    public PromptSolver Solver => _solver;

    /// <summary>The items of each split.</summary>
    public DataSplits Splits => _part.Splits;

    /// <inheritdoc />
    public override Scale Scale => _scorer.Scale;

    /// <inheritdoc />
    public override string Noun { get; }

    /// <inheritdoc />
    public override OpenPart<Prompt> Open => _part;

    /// <inheritdoc />
    /// <remarks>See <see cref="TextBaselines"/>.</remarks>
    public override IReadOnlyList<Baseline> Baselines => TextBaselines.Of(_part.Splits, _scorer);

    /// <inheritdoc />
    public override JsonTypeInfo<Prompt> Codec => Prompt.Codec;

    /// <inheritdoc />
    public override JsonObject Identity => new()
    {
        ["data"] = _part.Splits.Identity,
        ["prompt"] = _part.Identity,
        ["scorer"] = _scorer.Identity,
        ["solver"] = _solver.Identity,
    };

    /// <inheritdoc />
    public override int Count(Split split) => _part.Splits[split].Length;

    /// <inheritdoc />
    public override string ItemHash(Split split, int item) => _part.Splits[split][item].Hash;

    /// <inheritdoc />
    public override Cost AtMost(Ask<Prompt> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return _solver.AtMost(ask.Candidate.Value, ItemsOf(ask));
    }

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">The prompt contains an item of the block, or its duplicate.</exception>
    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<Prompt> ask, Replies replies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        TextItem[] items = ItemsOf(ask);
        int held = Array.FindIndex(items, _part.HeldBy(ask.Candidate.Value).Invoke);
        return held < 0
            ? _solver.EvaluateAsync(ask.Candidate.Value, items, replies, cancellationToken)
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The prompt {ask.Candidate.Id} contains {ask.Split} item {ask.Items[held]}, or its duplicate, and may not be scored on it; ask for the items of PromptPart.Scorable."));
    }

    /// <summary>A prompt as a chat client that answers one item a message. See <see cref="PromptChatClient"/>.</summary>
    public IChatClient AsChatClient(Prompt prompt) => new PromptChatClient(_part.Template.Fields, (fields, token) => _solver.AnswerAsync(prompt, fields, token));

    /// <inheritdoc />
    /// <remarks>Balanced accuracy and macro-F1, where the scorer is a <see cref="LabelScorer"/>.</remarks>
    public override IReadOnlyList<Summary> Summarize(Split split, ImmutableArray<Outcome> outcomes) =>
        _scorer is LabelScorer ? Confusion.Of(_part.Labels, _part.Splits[split], outcomes).Summaries() : [];

    private TextItem[] ItemsOf(Ask<Prompt> ask) => [.. ask.Items.Select(i => _part.Splits[ask.Split][i])];
}
