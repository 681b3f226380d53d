using System.Collections.Immutable;
using Ansatz.Programs;
using Ansatz.Samples.Programs;
using Ansatz.Sandbox;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>What is searched in this experiment, in the order in which it runs.</summary>
internal static class Tasks
{
    public static ImmutableArray<ProgramTask> All { get; } = [Weibull("default"), CapSet(4, 5_000), CapSet(5, 10_000), CapSet(8, 12_000), .. PlantedHoles.All.Select(h => Planted("holes", h)), .. PlantedHoles.Others.Select(h => Planted("other-holes", h)), .. Formula.All.Select(Law), .. Ablations()];

    /// <summary>Online bin packing: five instances of 5,000 items to train on, five to choose by, each seed its own; the shipped ones judge.</summary>
    private static ProgramTask Weibull(string variant, FunSearch? search = null) => new()
    {
        Name = variant == "default" ? "weibull" : "weibull-ablations",
        Variant = variant,
        Objective = seed => PackingHole.Weibull(seed, 5_000, Shipped("weibull-5k.json")),
        Search = search ?? new FunSearch(new GrammarMutator()),
        HasControls = variant == "default",
        Measure = variant == "default" ? Elsewhere : _ => ImmutableSortedDictionary<string, double>.Empty,
    };

    private static IEnumerable<ProgramTask> Ablations()
    {
        DatabaseSettings usual = DatabaseSettings.For(new FunSearch().Evaluations);
        foreach ((string name, DatabaseSettings database) in ((string, DatabaseSettings)[])
        [
            ("1 island", DatabaseSettings.For(new FunSearch().Evaluations, 1)),
            ("10 islands", DatabaseSettings.For(new FunSearch().Evaluations, 10)),
            ("8 islands to the end", usual with { HalveEvery = null, Period = 1_100 }),
            ("4 islands with resets", usual with { Islands = 4, HalveEvery = null, Period = 2_000, ResetEvery = 1_000 }),
            ("does not cool", usual with { Period = 30_000 }),
            ("T0 0.1", usual with { Temperature = 0.1 }),
            ("T0 4", usual with { Temperature = 4 }),
            ("T0 10", usual with { Temperature = 10 }),
            ("raw scores, T0 1", usual with { ScalesTemperature = false }),
            ("raw scores, T0 0.1", usual with { ScalesTemperature = false, Temperature = 0.1 }),
            ("no length preference", usual with { LengthTemperature = 1e9 }),
        ])
        {
            yield return Weibull(name, new FunSearch(new GrammarMutator()) { Database = database });
        }

        yield return Weibull("no crossover", new FunSearch(new GrammarMutator { Crossover = 0 }));
        yield return Weibull("no founders", new FunSearch(new GrammarMutator { Founders = 0 }));
        yield return Weibull("no fresh programs", new FunSearch(new GrammarMutator { Fresh = 0 }));
        yield return Weibull("fresh programs 5 %", new FunSearch(new GrammarMutator { Fresh = 0.05 }));
        yield return Weibull("fresh programs 25 %", new FunSearch(new GrammarMutator { Fresh = 0.25 }));
        yield return Weibull("window 1", new FunSearch(new GrammarMutator()) { Window = 1 });
        yield return Weibull("window 16", new FunSearch(new GrammarMutator()) { Window = 16 });
    }

    /// <summary>Cap sets: the sizes for every dimension from 3 on make the signature, the last one the score.</summary>
    private static ProgramTask CapSet(int n, int evaluations) => new()
    {
        Name = $"cap-set-{n}",
        Objective = _ => new ProgramObjective<Func<int[], int, double>, int>(
            new(HoleSignature.Of<Func<int[], int, double>>("Priority"), "static double Priority(int[] element, int n) => 0;"),
            new(Enumerable.Range(3, n - 2), [], [], i => $"cap set {i}"),
            (priority, dimension) => CapSets.Build(dimension, priority).Count),
        Search = new(new GrammarMutator()) { Evaluations = evaluations, Database = DatabaseSettings.For(evaluations) with { Reduction = ScoreReduction.Last } },
    };

    /// <summary>The grammar on a hole of any signature.</summary>
    private static ProgramTask Planted(string name, (string Name, Func<int, Objective<ProgramSource>> Objective) hole) => new()
    {
        Name = name,
        Variant = hole.Name,
        Objective = hole.Objective,
        Search = new(new GrammarMutator()) { Evaluations = 4_000 },
    };

    /// <summary>A law from noisy rows.</summary>
    private static ProgramTask Law(Formula formula) => new()
    {
        Name = "formulas",
        Variant = formula.Name,
        Objective = seed => formula.Objective(seed),
        Search = new(new GrammarMutator()) { Evaluations = 20_000 },
        HasFront = true,
        Measure = programs => programs.Where(p => p.Key is "found" or "random programs").ToImmutableSortedDictionary(p => $"{p.Key} contains the law", p => LawStructure.IsContained(p.Value, formula) ? 1.0 : 0),
    };

    // Excess in percent on instances that are new to everybody, of three sizes, and on those of another law, of each arm.
    private static ImmutableSortedDictionary<string, double> Elsewhere(IReadOnlyDictionary<string, string> programs)
    {
        (string Name, ImmutableArray<PackingInstance> Instances)[] places =
        [
            ("5k", [.. Enumerable.Range(0, 20).Select(i => PackingInstance.Weibull(5_000, 90_000 + i))]),
            ("10k", [.. Enumerable.Range(0, 5).Select(i => PackingInstance.Weibull(10_000, 90_000 + i))]),
            ("100k", [PackingInstance.Weibull(100_000, 90_000)]),
            ("OR3", Shipped("or3.json")),
        ];
        HoleCompiler compiler = new(HoleSignature.Of<Func<double, double, double>>("Priority"));
        ImmutableSortedDictionary<string, double>.Builder figures = ImmutableSortedDictionary.CreateBuilder<string, double>();
        foreach ((string arm, string program) in programs)
        {
            if (!compiler.TryCompile(program, out HoleProgram? compiled, out _))
            {
                throw new InvalidOperationException($"What was found does not compile: {program}");
            }

            using (compiled)
            {
                foreach ((string name, ImmutableArray<PackingInstance> instances) in places)
                {
                    using HoleInstance run = compiled.Start(1_000_000_000_000);
                    Func<double, double, double> priority = run.As<Func<double, double, double>>();
                    try
                    {
                        figures.Add($"{arm}, {name}", OnlineBinPacking.ExcessPercent(instances, priority));
                    }
                    catch (HoleTrapException)
                    {
                        figures.Add($"{arm}, {name}", double.PositiveInfinity);
                    }
                }
            }
        }

        return figures.ToImmutable();
    }

    private static ImmutableArray<PackingInstance> Shipped(string file) => PackingInstance.Read(Path.Combine(AppContext.BaseDirectory, "data", file));
}
