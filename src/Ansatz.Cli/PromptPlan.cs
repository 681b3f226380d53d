using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;

namespace Ansatz.Cli;

/// <summary>What a run of a prompt study would do and cost.</summary>
internal sealed class PromptPlan(PromptStudy prompt)
{
    private const int ProbeItems = 20;

    /// <summary>As <see cref="LoadedStudy.PlanAsync"/>.</summary>
    public async Task<StudyPlan> MakeAsync(string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<Arm<Prompt>> controls = prompt.Controls(prompt.Search());
        long validation = prompt.Splits.Validation.Length, test = prompt.Splits.Test.Length;
        long controlled = controls.Sum(c => c.Optimizer switch { FixedFilling<Prompt> => validation, OneStep or OneReflection<Prompt> or SearchControl => prompt.MostRollouts, _ => 0 });
        long judged = (controls.Count + 1) * test;
        long all = prompt.MostRollouts + controlled + judged;
        List<Bill> bills = Bills(all);
        ModelFile? proposer = PromptSearches.HasProposer(prompt.File.Search.Use) ? prompt.File.Search.Proposer ?? prompt.File.Model : null;
        double? rate = bills.Count == 0 ? await RateAsync(cancellationToken).ConfigureAwait(false) : null; // it asks the model and the grader: never one that is paid
        if (proposer is { IsEndpoint: true })
        {
            bills.Add(await new PromptRehearsal(prompt).BillAsync(proposer, cancellationToken).ConfigureAwait(false));
        }

        JsonObject plan = new()
        {
            ["study"] = name,
            ["train"] = prompt.Splits.Train.Length,
            ["validation"] = prompt.Splits.Validation.Length,
            ["test"] = prompt.Splits.Test.Length,
            ["searchRollouts"] = prompt.MostRollouts,
            ["controlRollouts"] = controlled,
            ["verdictRollouts"] = judged,
            ["seconds"] = rate is { } r ? Math.Round(all / r) : null,
        };
        Bill.AddTo(plan, bills);
        return new(
            [
                $"{name}: {prompt.About}",
                $"model: {prompt.ModelInWords}, seed {prompt.File.Seed.ToString(CultureInfo.InvariantCulture)}",
                $"data: {prompt.DataInWords}",
                string.Create(CultureInfo.InvariantCulture, $"search: {prompt.File.Search.Candidates:N0} candidates, at most {prompt.MostRollouts:N0} rollouts"),
                string.Create(CultureInfo.InvariantCulture, $"controls: {prompt.ControlsInWords(controls)}: at most {controlled:N0} rollouts"),
                string.Create(CultureInfo.InvariantCulture, $"verdict: {judged:N0} rollouts"),
                .. rate is null && bills.Any(b => !b.IsEstimate) ? (string[])[] : [TimeInWords(all, rate) + (bills.Count == 0 ? "; cost: free" : "")],
                .. bills.Select(b => b.InWords),
                "Nothing was spent or kept.",
            ],
            plan);
    }

    private static string TimeInWords(long rollouts, double? rate) => rate is { } perSecond
        ? string.Create(CultureInfo.InvariantCulture, $"time: about {VerdictText.Duration(TimeSpan.FromSeconds(rollouts / perSecond))} at {perSecond:0} rollouts a second on this machine")
        : "time: not known before the first run";

    // What so many rollouts cost, for each endpoint that they ask, at its own price: at least a token for four bytes and one a reply, at most a token a byte
    // and every reply at its limit.
    private List<Bill> Bills(long rollouts)
    {
        StudyFile file = prompt.File;
        Prompt filling = prompt.Part.Draw(new Rng(file.Seed, "dry-run"));
        TextItem[] items = [.. prompt.Splits.Train.Take(ProbeItems)];
        Cost both = prompt.Objective.Solver.AtMost(filling, items), grading = items.Aggregate(Cost.Zero, (sum, item) => sum + prompt.Scorer.AtMost(item));
        List<Bill> bills = [];
        if (file.Model.IsEndpoint)
        {
            long input = both.InputTokens - grading.InputTokens;
            bills.Add(Of("", file.Model, input / 4, input, both.OutputTokens - grading.OutputTokens));
        }

        if (prompt.Scorer is GradedScorer scorer && file.Scorer.Grader is { IsEndpoint: true } grader)
        {
            bills.Add(Of("its grader ", grader, items.Sum(i => (long)scorer.PromptFor("", i).Length) / 4, grading.InputTokens, grading.OutputTokens));
        }

        return bills;

        Bill Of(string role, ModelFile model, long leastInput, long mostInput, long mostOutput)
        {
            Price price = StudyModels.PriceOf(file, model);
            return new($"{role}{model.Name} at {model.BaseUrl}", Times(price.Of(leastInput / items.Length, 1)), Times(price.Of(mostInput / items.Length, mostOutput / items.Length)));
        }

        Cost Times(Cost one) => new()
        {
            Calls = rollouts,
            InputTokens = rollouts * one.InputTokens,
            OutputTokens = rollouts * one.OutputTokens,
            Money = rollouts * one.Money,
            UnpricedCalls = rollouts * one.UnpricedCalls,
        };
    }

    // A few items under a filling that nobody chose: computed here, not kept.
    private async Task<double?> RateAsync(CancellationToken cancellationToken)
    {
        Prompt filling = prompt.Part.Draw(new Rng(prompt.File.Seed, "dry-run"));
        TextItem[] items = [.. prompt.Part.Scorable(filling).Take(ProbeItems).Select(i => prompt.Splits.Train[i])];
        if (items.Length == 0)
        {
            return null;
        }

        long start = TimeProvider.System.GetTimestamp();
        await prompt.Objective.Solver.EvaluateAsync(filling, items, Replies.None, cancellationToken).ConfigureAwait(false);
        return items.Length / Math.Max(1e-3, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
    }
}
