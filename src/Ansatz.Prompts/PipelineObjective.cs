using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>Scores pipelines of prompts: one model runs all steps of an item one after the other, and the last answer is scored. See <see cref="PipelineSolver"/>.</summary>
/// <remarks>
/// On training items the outputs of the middle steps stand in <see cref="Outcome.Trace"/>, so that they are in the journal and a proposer may read them. On other items
/// they do not: a search cannot give away what it never had. Thread-safe.
/// </remarks>
public sealed class PipelineObjective : Objective<Pipeline>
{
    private readonly PipelinePart _part;
    private readonly Scorer _scorer;

    /// <summary>An objective over a pipeline.</summary>
    /// <param name="part">Steps, items, and what is open.</param>
    /// <param name="scorer">What counts as right.</param>
    /// <param name="model">Who answers, in every step.</param>
    /// <param name="noun">What the items are called in a sentence, in the plural: "questions".</param>
    /// <param name="settings">How chat calls are made.</param>
    /// <exception cref="InputException">The labels cannot be told apart, or no reply to an item could be right.</exception>
    public PipelineObjective(PipelinePart part, Scorer scorer, IChatClient model, string noun = "items", SolverSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(scorer);
        (_part, _scorer, Noun) = (part, scorer, noun);
        Solver = new([.. part.Steps.Select(s => s.Template)], part.Labels, scorer, model, settings);
        if (Enum.GetValues<Split>().SelectMany(s => part.Splits[s]).FirstOrDefault(i => scorer.Flaw(i) is not null) is { } flawed)
        {
            throw new InputException($"{(flawed.Source.Length > 0 ? flawed.Source + ": " : "")}{scorer.Flaw(flawed)}");
        }

        if (scorer.Scale == Scale.Real && part.Components.SkipLast(1).FirstOrDefault(c => part.SlotsOf(c).Demonstrations is not null) is { } middle)
        {
            throw new InputException($"The demonstrations of the step \"{middle}\" are open, which show what it wrote where the final answer was right; a score without an upper end does not say what is right. Close them, or score from 0 to 1.");
        }

        Solver.Last.Check(part.Yours.Steps[^1].Prompt, []); // how long an item will be is known only once the steps before it have run
    }

    /// <summary>Has the model answer items under a pipeline.</summary>
    public PipelineSolver Solver { get; }

    /// <inheritdoc />
    public override Scale Scale => _scorer.Scale;

    /// <inheritdoc />
    public override string Noun { get; }

    /// <inheritdoc />
    public override OpenPart<Pipeline> Open => _part;

    /// <inheritdoc />
    /// <remarks>See <see cref="TextBaselines"/>: they read the columns of the data and know no steps.</remarks>
    public override IReadOnlyList<Baseline> Baselines => TextBaselines.Of(_part.Splits, _scorer);

    /// <inheritdoc />
    public override JsonTypeInfo<Pipeline> Codec => Pipeline.Codec;

    /// <inheritdoc />
    public override JsonObject Identity
    {
        get
        {
            JsonObject identity = new()
            {
                ["data"] = _part.Splits.Identity,
                ["steps"] = _part.Identity,
                ["scorer"] = _scorer.Identity,
            };
            foreach ((string name, JsonNode? value) in Solver.Identity)
            {
                identity[name] = value?.DeepClone();
            }

            return identity;
        }
    }

    /// <inheritdoc />
    public override int Count(Split split) => _part.Splits[split].Length;

    /// <inheritdoc />
    public override string ItemHash(Split split, int item) => _part.Splits[split][item].Hash;

    /// <inheritdoc />
    public override Cost AtMost(Ask<Pipeline> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return Solver.AtMost(ask.Candidate.Value, ItemsOf(ask));
    }

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">The pipeline contains an item of the block, or its duplicate.</exception>
    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<Pipeline> ask, Replies replies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        TextItem[] items = ItemsOf(ask);
        int held = Array.FindIndex(items, _part.HeldBy(ask.Candidate.Value).Invoke);
        return held < 0
            ? Solver.EvaluateAsync(ask.Candidate.Value, items, isTraced: ask.Split == Split.Train, replies, cancellationToken)
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The pipeline {ask.Candidate.Id} contains {ask.Split} item {ask.Items[held]}, or its duplicate, and may not be scored on it; ask for the items of PipelinePart.Scorable."));
    }

    /// <summary>A pipeline as a chat client that answers one item a message. See <see cref="PromptChatClient"/>.</summary>
    public IChatClient AsChatClient(Pipeline pipeline) => new PromptChatClient(PipelineSolver.ColumnsOf([.. _part.Steps.Select(s => s.Template)]), (fields, token) => Solver.AnswerAsync(pipeline, fields, token));

    /// <inheritdoc />
    /// <remarks>Balanced accuracy and macro-F1, where the scorer is a <see cref="LabelScorer"/>.</remarks>
    public override IReadOnlyList<Summary> Summarize(Split split, ImmutableArray<Outcome> outcomes) =>
        _scorer is LabelScorer ? Confusion.Of(_part.Labels, _part.Splits[split], outcomes).Summaries() : [];

    private TextItem[] ItemsOf(Ask<Pipeline> ask) => [.. ask.Items.Select(i => _part.Splits[ask.Split][i])];
}
