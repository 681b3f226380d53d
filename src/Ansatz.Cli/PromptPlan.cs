using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>What a run of a study of prompts would do and cost.</summary>
internal sealed class PromptPlan<T>(TextStudy<T> study)
{
    private const int ProbeItems = 20;

    /// <summary>As <see cref="LoadedStudy.PlanAsync"/>.</summary>
    public async Task<StudyPlan> MakeAsync(string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<Arm<T>> controls = study.Controls(study.Search());
        long validation = study.Splits.Validation.Length, test = study.Splits.Test.Length;
        long controlled = controls.Sum(c => c.Optimizer is FixedFilling<T> ? validation : c.Role == ArmRole.Control ? study.MostRollouts : 0);
        long judged = (controls.Count + 1) * test;
        long all = study.MostRollouts + controlled + judged;
        List<Bill> bills = Bills(study.LongProbe(), Split.Train, ProbeItems, all);
        ModelFile? proposer = PromptSearches.HasProposer(study.File.Search.Use) ? study.File.Search.Proposer ?? study.File.Model : null;
        double? rate = bills.Count == 0 ? await RateAsync(cancellationToken).ConfigureAwait(false) : null; // it asks the model and the grader: never one that is paid
        if (proposer is { IsEndpoint: true })
        {
            bills.Add(await new PromptRehearsal<T>(study).BillAsync(proposer, cancellationToken).ConfigureAwait(false));
        }

        JsonObject plan = new()
        {
            ["study"] = name,
            ["train"] = study.Splits.Train.Length,
            ["validation"] = study.Splits.Validation.Length,
            ["test"] = study.Splits.Test.Length,
            ["searchRollouts"] = study.MostRollouts,
            ["controlRollouts"] = controlled,
            ["verdictRollouts"] = judged,
            ["seconds"] = rate is { } r ? Math.Round(all / r) : null,
        };
        Bill.AddTo(plan, bills);
        return new(
            [
                $"{name}: {study.About}",
                $"model: {study.ModelInWords}, seed {study.File.Seed.ToString(CultureInfo.InvariantCulture)}",
                $"data: {study.DataInWords}",
                string.Create(CultureInfo.InvariantCulture, $"search: {Size()}, at most {study.MostRollouts:N0} rollouts"),
                string.Create(CultureInfo.InvariantCulture, $"controls: {study.ControlsInWords(controls)}: at most {controlled:N0} rollouts"),
                string.Create(CultureInfo.InvariantCulture, $"verdict: {judged:N0} rollouts"),
                .. study.LimitsInWords,
                .. TooSmall() is { } warning ? (string[])[warning] : [],
                .. rate is null && bills.Any(b => !b.IsEstimate) ? (string[])[] : [TimeInWords(all, rate) + (bills.Count == 0 ? "; cost: free" : "")],
                .. bills.Select(b => b.InWords),
                "Nothing was spent or kept.",
            ],
            plan);
    }

    private string Size() => study.Optimizer() switch
    {
        MiproV2<T> mipro => string.Create(CultureInfo.InvariantCulture, $"size {mipro.Size.ToString().ToLowerInvariant()}, {mipro.Trials(study.Part)} trials"),
        Gepa<T> gepa => string.Create(CultureInfo.InvariantCulture, $"{gepa.Iterations:N0} iterations"),
        CoordinateSearch<T> steps => $"{SizeOf(steps.Inner)} for each open step",
        object prompt => SizeOf(prompt),
    };

    // What has to be covered before there is anything to judge: one candidate on all validation items, reserved as one block. Training items come on top.
    private string? TooSmall()
    {
        int items = study.Splits.Validation.Length;
        Cost most = study.Goal.AtMost(Asking(study.Part.Yours, Split.Validation, [.. Enumerable.Range(0, items)])) with { Rollouts = items };
        return study.Budget.FirstExceeded(most) is not { } exceeded ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{exceeded} cannot reach a verdict: to measure your own {study.Part.Noun} alone on the {items:N0} validation items may take {items:N0} rollouts{(most.Calls > 0 ? string.Create(CultureInfo.InvariantCulture, $", {most.Calls:N0} calls and {most.InputTokens + most.OutputTokens:N0} tokens{(most.Money > 0 ? string.Create(CultureInfo.InvariantCulture, $", {most.Money:0.00##} of money") : "")}") : "")}, and what it may take is reserved first");
    }

    // Not every search tries just so many candidates as the file asks for.
    private static string SizeOf(object search) => search switch
    {
        Opro opro => string.Create(CultureInfo.InvariantCulture, $"{opro.Steps:N0} steps of {opro.PerStep}"),
        Grips grips => string.Create(CultureInfo.InvariantCulture, $"{grips.Iterations:N0} steps of {grips.PerIteration}"),
        EvoPromptGa { Population: var population, Generations: var generations } => string.Create(CultureInfo.InvariantCulture, $"a population of {population} and {generations:N0} generations after it"),
        EvoPromptDe { Population: var population, Generations: var generations } => string.Create(CultureInfo.InvariantCulture, $"a population of {population} and {generations:N0} generations after it"),
        BootstrapFewShot bootstrap => string.Create(CultureInfo.InvariantCulture, $"{bootstrap.Candidates + 4:N0} candidates"),
        FewShotSearch fewShot => string.Create(CultureInfo.InvariantCulture, $"{fewShot.Candidates:N0} candidates"),
        _ => throw new ArgumentOutOfRangeException(nameof(search)),
    };

    private static string TimeInWords(long rollouts, double? rate) => rate is { } perSecond
        ? string.Create(CultureInfo.InvariantCulture, $"time: about {VerdictText.Duration(TimeSpan.FromSeconds(rollouts / perSecond))} at {perSecond.ToString(perSecond < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)} rollouts a second on this machine")
        : "time: not known before the first run";

    /// <summary>What rollouts cost, for each endpoint that they ask, at its own price: at least a token for four bytes and one a reply, at most a token a byte and every reply at its limit.</summary>
    /// <param name="filling">What is asked under.</param>
    /// <param name="split">Which items are asked.</param>
    /// <param name="few">How many of these stand for all.</param>
    /// <param name="rollouts">How many rollouts.</param>
    public List<Bill> Bills(T filling, Split split, int few, long rollouts)
    {
        StudyFile file = study.File;
        int count = Math.Min(few, study.Splits[split].Length);
        TextItem[] items = [.. study.Splits[split].Take(count)];
        Cost both = study.Goal.AtMost(Asking(filling, split, [.. Enumerable.Range(0, count)])), grading = items.Aggregate(Cost.Zero, (sum, item) => sum + study.Scorer.AtMost(item));
        List<Bill> bills = [];
        if (file.Model.IsEndpoint)
        {
            bills.Add(Of("", file.Model, LeastInput(filling, items), both.InputTokens - grading.InputTokens, both.OutputTokens - grading.OutputTokens, calls: study.Templates.Length));
        }

        if (study.Scorer is GradedScorer scorer && file.Scorer.Grader is { IsEndpoint: true } grader)
        {
            bills.Add(Of("its grader ", grader, items.Sum(i => (long)scorer.PromptFor("", i).Length) / 4, grading.InputTokens, grading.OutputTokens, calls: 1));
        }

        return bills;

        Bill Of(string role, ModelFile model, long leastInput, long mostInput, long mostOutput, int calls)
        {
            Price price = StudyModels.PriceOf(file, model);
            return new($"{role}{model.Name} at {model.BaseUrl}", Times(price.Of(leastInput / count, calls), calls), Times(price.Of(mostInput / count, mostOutput / count), calls));
        }

        Cost Times(Cost one, int calls) => new()
        {
            Calls = rollouts * calls,
            InputTokens = rollouts * one.InputTokens,
            OutputTokens = rollouts * one.OutputTokens,
            Money = rollouts * one.Money,
            UnpricedCalls = rollouts * calls * one.UnpricedCalls,
        };
    }

    // A token for four bytes, and nothing written by earlier steps.
    private long LeastInput(T filling, TextItem[] items) => study.PromptsOf(filling).Zip(study.Templates)
        .Sum(p => items.Sum(i => (long)Encoding.UTF8.GetByteCount(p.Second.Render(p.First, p.Second.Fields.ToDictionary(f => f, f => i.Fields.GetValueOrDefault(f, "")))))) / 4;

    private static Ask<T> Asking(T filling, Split split, ImmutableArray<int> items) => new(new(filling, "dry run", [], "dry run"), split, items);

    // A few items under a filling that nobody chose: computed here, not kept.
    private async Task<double?> RateAsync(CancellationToken cancellationToken)
    {
        T filling = study.Probe();
        ImmutableArray<int> items = [.. study.Part.Scorable(filling).Take(ProbeItems)];
        if (items.IsEmpty)
        {
            return null;
        }

        long start = TimeProvider.System.GetTimestamp();
        await study.Goal.EvaluateAsync(Asking(filling, Split.Train, items), Replies.None, cancellationToken).ConfigureAwait(false);
        return items.Length / Math.Max(1e-3, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
    }
}
