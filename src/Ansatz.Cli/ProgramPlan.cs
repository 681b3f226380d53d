using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Programs;

namespace Ansatz.Cli;

/// <summary>What a run of a program study would do: the start program is timed, and random programs show whether the scorer tells programs apart, and how long they take.</summary>
internal sealed class ProgramPlan(ProgramStudy study)
{
    private const int RandomCount = 20;

    /// <summary>As <see cref="LoadedStudy.PlanAsync"/>.</summary>
    public async Task<StudyPlan> MakeAsync(string name, CancellationToken cancellationToken)
    {
        int train = study.Objective.Count(Split.Train), validation = study.Objective.Count(Split.Validation), test = study.Objective.Count(Split.Test);
        (double mean, TimeSpan took, long fuel) = RunStart(train);
        (double[] random, string? rejected, string[] programs, TimeSpan each) = await RandomAsync(cancellationToken).ConfigureAwait(false);

        IReadOnlyList<Arm<ProgramSource>> controls = study.Controls(study.Search());
        int fixedOnes = controls.Count(c => c.Optimizer is FixedFilling<ProgramSource>), seeds = test == 0 ? LoadedStudy.Seeds : 1;
        long searched = study.MostRollouts * seeds, controlled = ((study.MostRollouts * (controls.Count - fixedOnes)) + ((long)fixedOnes * Math.Max(validation, train))) * seeds, judged = (controls.Count + 1L) * test;
        double seconds = (each.TotalSeconds * study.Evaluations * (1 + controls.Count - fixedOnes) * seeds) + (took.TotalSeconds / train * ((fixedOnes * Math.Max(validation, train) * seeds) + judged));
        ScoreFormat format = ScoreFormat.Of(study.Scale, [mean]);
        ModelFile? proposer = study.File.Search.Proposer;
        List<Bill> bills = [];
        if (proposer is { IsEndpoint: true })
        {
            bills.Add(await BillAsync(proposer, study.Evaluations * (1 + controls.Count - fixedOnes) * seeds, programs, cancellationToken).ConfigureAwait(false));
        }

        JsonObject plan = new()
        {
            ["study"] = name,
            ["train"] = train,
            ["validation"] = validation,
            ["test"] = test,
            ["start"] = mean,
            ["startMilliseconds"] = Math.Round(took.TotalMilliseconds, 3),
            ["startFuel"] = fuel,
            ["randomScored"] = random.Length,
            ["randomDifferent"] = random.Distinct().Count(),
            ["searchRollouts"] = searched,
            ["controlRollouts"] = controlled,
            ["verdictRollouts"] = judged,
            ["seconds"] = Math.Round(seconds),
            ["proposerComesOnTop"] = proposer is not null,
        };
        Bill.AddTo(plan, bills);
        return new(
            [
                $"{name}: {study.About}",
                $"written by: {study.ModelInWords}, seed {study.File.Seed.ToString(CultureInfo.InvariantCulture)}",
                $"data: {study.DataInWords}",
                string.Create(CultureInfo.InvariantCulture, $"start program: {format.Number(mean)} on the train {study.Noun}, the same twice, in {took.TotalMilliseconds:0.##} ms; {(study.Objective.Part.Process is { } process ? string.Create(CultureInfo.InvariantCulture, $"a candidate may use {process.Limits.CpuTime.TotalSeconds:0.##} s of CPU time on one") : string.Create(CultureInfo.InvariantCulture, $"at most {fuel:N0} fuel on one, of {study.Objective.Fuel:N0} that a candidate may use"))}"),
                Random(random, rejected, format),
                .. test is > 0 and < SignFlip.Fewest ? (string[])[$"{test} test {study.Noun} are too few to tell anything of others: give {SignFlip.Fewest} at least, better dozens"] : [],
                string.Create(CultureInfo.InvariantCulture, $"search: {study.Evaluations:N0} programs, about {searched:N0} rollouts"),
                string.Create(CultureInfo.InvariantCulture, $"controls: {study.ControlsInWords(controls)}: about {controlled:N0} rollouts"),
                .. test > 0 ? (string[])[string.Create(CultureInfo.InvariantCulture, $"verdict: {judged:N0} rollouts")] : [],
                .. study.LimitsInWords,
                $"time: about {VerdictText.Duration(TimeSpan.FromSeconds(seconds))}, if programs take as long as random ones{(proposer is null ? "; cost: free" : "; what its model takes comes on top")}",
                .. bills.Select(b => b.InWords),
                "Nothing was spent or kept.",
            ],
            plan);
    }

    private (double Mean, TimeSpan Took, long Fuel) RunStart(int train)
    {
        long start = TimeProvider.System.GetTimestamp();
        ImmutableArray<ProgramRun> runs = study.Objective.Rerun(study.Objective.Part.Yours, Split.Train, Enumerable.Range(0, train));
        double mean = runs.Average(r => r.Outcome is Scored scored ? scored.Score : throw new InputException($"The scorer is unstable: the start program had a score twice, and then none ({((Rejected)r.Outcome).Reason})."));
        return (mean, TimeProvider.System.GetElapsedTime(start), runs.Max(r => r.Fuel));
    }

    // Twice: the second time says how long programs take that are written, checked, compiled and run on all train inputs, from the first of them to the last.
    private async Task<(double[] Scored, string? Rejected, string[] Programs, TimeSpan Took)> RandomAsync(CancellationToken cancellationToken)
    {
        List<double> scored = [];
        string? rejected = null;
        RandomPrograms random = new(new FunSearch(new GrammarMutator()) { Evaluations = RandomCount, Finalists = 1 });
        string[] programs = await RehearseAsync(
            random,
            block =>
            {
                rejected ??= block.Reason;
                scored.AddRange(block is { Rejected: 0, Mean: { } mean } ? [mean] : []);
            },
            cancellationToken).ConfigureAwait(false);
        List<long> told = [];
        await RehearseAsync(random, _ => told.Add(TimeProvider.System.GetTimestamp()), cancellationToken).ConfigureAwait(false);
        return ([.. scored], rejected, programs, told.Count > 1 ? TimeProvider.System.GetElapsedTime(told[0], told[^1]) / (told.Count - 1) : TimeSpan.Zero);
    }

    // What so many calls of the proposer cost: a search is rehearsed with random programs as its replies, and its questions are counted. A model's own programs may be longer.
    private async Task<Bill> BillAsync(ModelFile proposer, long calls, string[] replies, CancellationToken cancellationToken)
    {
        using CountingClient client = new(StudyModels.PriceOf(study.File, proposer), (call, _) => replies.Length == 0 ? "" : $"```csharp\n{replies[call % replies.Length]}\n```");
        await RehearseAsync(new FunSearch(study.Writer(client)) { Evaluations = RandomCount, Finalists = 1 }, _ => { }, cancellationToken).ConfigureAwait(false);
        return new($"its proposer {proposer.Name} at {proposer.BaseUrl}", All(client.Least), All(client.Most), IsEstimate: study.File.Search.Mix != true);

        Cost All(Cost counted) => new()
        {
            Calls = calls,
            InputTokens = calls * counted.InputTokens / counted.Calls,
            OutputTokens = calls * counted.OutputTokens / counted.Calls,
            Money = calls * counted.Money / counted.Calls,
            UnpricedCalls = counted.UnpricedCalls > 0 ? calls : 0,
        };
    }

    // Runs a short search that is not kept, and gives the programs that it wrote.
    private async Task<string[]> RehearseAsync(Optimizer<ProgramSource> search, Action<BlockEvaluated> see, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-dry-run-").FullName;
        try
        {
            StudyOptions<ProgramSource> options = new() { Name = "dry run", Controls = [Arm<ProgramSource>.OfYours()], AllowRejected = true, Seeds = 2 };
            Study<ProgramSource> scratch = Study.Open(Path.Combine(folder, "scratch.db"), study.Objective, search, Budget.Unlimited, study.File.Seed, options);
            await using (scratch.ConfigureAwait(false))
            {
                await foreach (StudyEvent happened in scratch.RunAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (happened is ArmEnded)
                    {
                        break; // of a study over seeds one is enough
                    }

                    if (happened is BlockEvaluated { Split: Split.Train, Trial: > 0 } block)
                    {
                        see(block);
                    }
                }

                StoredStudy stored = scratch.Journal.Find(scratch.Name)!;
                return [.. scratch.Journal.Candidates(stored, scratch.Journal.Arms(stored).First().Name).Where(c => c.Number > 0).Select(c => JsonSerializer.Deserialize(c.Text, study.Objective.Codec)!.Text)];
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Random(double[] scored, string? rejected, ScoreFormat format) => scored switch
    {
        [] => $"random programs: none of {RandomCount} got a score, the first because: {rejected ?? "none was written."} A search may find it hard to begin.",
        _ when scored.Distinct().Count() == 1 => $"random programs: all that got a score got the same, {format.Number(scored[0])}. Does the scorer call the hole, and does its answer matter? A search cannot climb where all is level.",
        _ => string.Create(CultureInfo.InvariantCulture, $"random programs: {scored.Length} of {RandomCount} got a score, from {format.Number(scored.Min())} to {format.Number(scored.Max())}"),
    };
}
