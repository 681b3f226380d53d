using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Programs;
using Ansatz.Sandbox;

namespace Ansatz.Experiments.ProgramSearch;

/// <summary>A type of the user's, of which candidates read the parts.</summary>
public readonly record struct Parcel(double Weight, double Value, int Size);

/// <summary>
/// Holes of different signatures with a law planted in each: the grammar, unchanged, has to find its way in all of them. Inputs are drawn from the seed; what judges was never trained on.
/// </summary>
internal static class PlantedHoles
{
    public static ImmutableArray<(string Name, Func<int, Objective<ProgramSource>> Objective)> All { get; } =
    [
        ("two doubles", seed => TwoDoubles(seed, (x, y) => (x * x) - (3 * x * y) + 2)),
        ("int[] to double", seed => IntArray(seed, a => a.Select((x, i) => x * i).Sum() - (2 * a.Max()))),
        ("double[] and int to int", seed => DoubleArrayAndInt(seed, (a, k) => a.Count(x => x > k))),
        ("bool", seed => Bool(seed, (x, n, b) => (x > 2 && n % 3 == 0) || (b && x < -1))),
        ("a struct", seed => Struct(seed, p => (p.Value / p.Weight) - (2 * Math.Max(0, p.Size - 3)))),
        ("a loop and a local", seed => LoopAndLocal(seed, (x, n) => Enumerable.Range(1, n).Sum(k => x / k))),
    ];

    /// <summary>The same signatures with other laws, which were written when the grammar was done, and tried on no other seeds than those that are told of.</summary>
    public static ImmutableArray<(string Name, Func<int, Objective<ProgramSource>> Objective)> Others { get; } =
    [
        ("two doubles", seed => TwoDoubles(seed, (x, y) => Math.Max(2 * x, y) - (x * y))),
        ("int[] to double", seed => IntArray(seed, a => a.Zip(a.Skip(1)).Count(p => p.Second > p.First) + (3 * a[0]))),
        ("double[] and int to int", seed => DoubleArrayAndInt(seed, (a, k) => a.Take(k).Count(x => x > 5))),
        ("bool", seed => Bool(seed, (x, n, b) => n % 4 == 1 ? x > 0 : b)),
        ("a struct", seed => Struct(seed, p => p.Size > 4 ? p.Weight * p.Value : p.Value - p.Size)),
        ("a loop and a local", seed => LoopAndLocal(seed, (x, n) => Enumerable.Range(1, n).Sum(k => 1 / (k + x)))),
    ];

    private static Objective<ProgramSource> TwoDoubles(int seed, Func<double, double, double> law) => Of<Func<double, double, double>, (double X, double Y)>(
        seed,
        "static double F(double x, double y) => x;",
        rng => (Round(3 * rng.NextGaussian()), Round(3 * rng.NextGaussian())),
        i => $"{i.X} {i.Y}",
        (f, i) => -Math.Abs(f(i.X, i.Y) - law(i.X, i.Y)));

    private static Objective<ProgramSource> IntArray(int seed, Func<int[], double> law) => Of<Func<int[], double>, int[]>(
        seed,
        "static double F(int[] a) => a.Length;",
        rng => [.. Enumerable.Range(0, 3 + rng.Next(6)).Select(_ => rng.Next(20))],
        i => $"{string.Join(' ', i)}",
        (f, i) => -Math.Abs(f(i) - law(i)));

    private static Objective<ProgramSource> DoubleArrayAndInt(int seed, Func<double[], int, int> law) => Of<Func<double[], int, int>, (double[] A, int K)>(
        seed,
        "static int F(double[] a, int k) => k;",
        rng => ([.. Enumerable.Range(0, 3 + rng.Next(10)).Select(_ => Round(10 * rng.NextDouble()))], rng.Next(10)),
        i => $"{i.K}: {string.Join(' ', i.A)}",
        (f, i) => -Math.Abs(f(i.A, i.K) - law(i.A, i.K)));

    private static Objective<ProgramSource> Bool(int seed, Func<double, int, bool, bool> law) => Of<Func<double, int, bool, bool>, (double X, int N, bool B)>(
        seed,
        "static bool F(double x, int n, bool b) => b;",
        rng => (Round(4 * rng.NextGaussian()), rng.Next(30), rng.Next(2) == 0),
        i => $"{i.X} {i.N} {i.B}",
        (f, i) => f(i.X, i.N, i.B) == law(i.X, i.N, i.B) ? 1 : 0,
        Scale.Binary,
        count: 100);

    private static Objective<ProgramSource> Struct(int seed, Func<Parcel, double> law) => Of<Func<Parcel, double>, Parcel>(
        seed,
        "static double F(Parcel parcel) => parcel.Value;",
        rng => new(Round(1 + (9 * rng.NextDouble())), Round(20 * rng.NextDouble()), rng.Next(8)),
        i => $"{i.Weight} {i.Value} {i.Size}",
        (f, i) => -Math.Abs(f(i) - law(i)));

    private static Objective<ProgramSource> LoopAndLocal(int seed, Func<double, int, double> law) => Of<Func<double, int, double>, (double X, int N)>(
        seed,
        "static double F(double x, int n) => x;",
        rng => (Round(5 * rng.NextDouble()), 1 + rng.Next(30)),
        i => $"{i.X} {i.N}",
        (f, i) => -Math.Abs(f(i.X, i.N) - law(i.X, i.N)));

    private static ProgramObjective<TDelegate, TInput> Of<TDelegate, TInput>(
        int seed, string start, Func<Rng, TInput> draw, Func<TInput, FormattableString> text, Func<TDelegate, TInput, ProgramScore> score, Scale scale = Scale.Real, int count = 40)
        where TDelegate : Delegate
    {
        // Drawn until all are different: an input may not stand in two splits.
        Rng rng = new(seed, "planted/inputs");
        Dictionary<string, TInput> inputs = [];
        while (inputs.Count < 3 * count)
        {
            TInput input = draw(rng);
            inputs.TryAdd(Text(input), input);
        }

        TInput[] all = [.. inputs.Values];
        return new(new(HoleSignature.Of<TDelegate>("F"), start), new(all[..count], all[count..(2 * count)], all[(2 * count)..], Text), score, scale: scale);

        string Text(TInput input) => text(input).ToString(CultureInfo.InvariantCulture);
    }

    private static double Round(double value) => Math.Round(value, 3);
}
