using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Programs;
using Ansatz.Samples.Programs;
using Ansatz.Sandbox;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>S1 and S2: online bin packing. Ten studies, each with instances of its own to train on and to choose by; all judged on the shipped instances, and what they found on larger ones.</summary>
internal static class PackingRuns
{
    public const int Evaluations = 8_000;

    /// <summary>One seed: the verdict on the shipped instances, and excess of what was found elsewhere.</summary>
    public static async Task<PackingResult> RunAsync(string folder, int seed, CancellationToken cancellationToken)
    {
        ProgramObjective<Func<double, double, double>, PackingInstance> objective = PackingHole.Weibull(seed, 5_000, Shipped("weibull-5k.json"));
        string name = string.Create(CultureInfo.InvariantCulture, $"weibull/{seed}");
        await using Study<ProgramSource> study = Study.Open(
            Path.Combine(folder, "funsearch.db"), objective, new FunSearch(new GrammarMutator()) { Evaluations = Evaluations }, Budget.Unlimited, seed, new() { Name = name, Series = "weibull", Workers = 2 });
        Verdict<ProgramSource> verdict = await study.JudgeAsync(cancellationToken);
        return new(seed, verdict.Summary, verdict.Winner.Value.Text, Elsewhere(verdict.Winner.Value));
    }

    /// <summary>Excess in percent on other instances.</summary>
    public static ImmutableSortedDictionary<string, double> Elsewhere(ProgramSource program)
    {
        HoleCompiler compiler = new(HoleSignature.Of<Func<double, double, double>>("Priority"));
        if (!compiler.TryCompile(program.Text, out HoleProgram? compiled, out _))
        {
            throw new InvalidOperationException($"What was found does not compile: {program.Text}");
        }

        using (compiled)
        {
            using HoleInstance run = compiled.Start(long.MaxValue / 2);
            Func<double, double, double> priority = run.As<Func<double, double, double>>();
            return ImmutableSortedDictionary<string, double>.Empty
                .Add("weibull 10k", OnlineBinPacking.ExcessPercent([.. Enumerable.Range(0, 5).Select(i => PackingInstance.Weibull(10_000, (9_000 * 10L) + i))], priority))
                .Add("weibull 100k", OnlineBinPacking.ExcessPercent([PackingInstance.Weibull(100_000, 9_000)], priority))
                .Add("OR3", OnlineBinPacking.ExcessPercent(Shipped("or3.json"), priority));
        }
    }

    public static ImmutableArray<PackingInstance> Shipped(string file) => PackingInstance.Read(Path.Combine(AppContext.BaseDirectory, "data", file));
}

/// <summary>One seed's raw result.</summary>
internal sealed record PackingResult(int Seed, Verdict Verdict, string Program, ImmutableSortedDictionary<string, double> Elsewhere);
