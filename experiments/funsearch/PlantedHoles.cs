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
        ("two doubles", TwoDoubles),
        ("int[] to double", IntArray),
        ("double[] and int to int", DoubleArrayAndInt),
        ("bool", Bool),
        ("a struct", Struct),
        ("a loop and a local", LoopAndLocal),
    ];

    // x² − 3xy + 2
    private static Objective<ProgramSource> TwoDoubles(int seed) => Of<Func<double, double, double>, (double X, double Y)>(
        seed,
        "static double F(double x, double y) => x;",
        rng => (Round(3 * rng.NextGaussian()), Round(3 * rng.NextGaussian())),
        i => $"{i.X} {i.Y}",
        (f, i) => -Math.Abs(f(i.X, i.Y) - ((i.X * i.X) - (3 * i.X * i.Y) + 2)));

    // the sum of i · a[i], minus twice the largest entry
    private static Objective<ProgramSource> IntArray(int seed) => Of<Func<int[], double>, int[]>(
        seed,
        "static double F(int[] a) => a.Length;",
        rng => [.. Enumerable.Range(0, 3 + rng.Next(6)).Select(_ => rng.Next(20))],
        i => $"{string.Join(' ', i)}",
        (f, i) => -Math.Abs(f(i) - (i.Select((x, k) => x * k).Sum() - (2 * i.Max()))));

    // how many entries are larger than k
    private static Objective<ProgramSource> DoubleArrayAndInt(int seed) => Of<Func<double[], int, int>, (double[] A, int K)>(
        seed,
        "static int F(double[] a, int k) => k;",
        rng => ([.. Enumerable.Range(0, 3 + rng.Next(10)).Select(_ => Round(10 * rng.NextDouble()))], rng.Next(10)),
        i => $"{i.K}: {string.Join(' ', i.A)}",
        (f, i) => -Math.Abs(f(i.A, i.K) - i.A.Count(x => x > i.K)));

    // x > 2 and n a multiple of 3, or b and x below −1
    private static Objective<ProgramSource> Bool(int seed) => Of<Func<double, int, bool, bool>, (double X, int N, bool B)>(
        seed,
        "static bool F(double x, int n, bool b) => b;",
        rng => (Round(4 * rng.NextGaussian()), rng.Next(30), rng.Next(2) == 0),
        i => $"{i.X} {i.N} {i.B}",
        (f, i) => f(i.X, i.N, i.B) == ((i.X > 2 && i.N % 3 == 0) || (i.B && i.X < -1)) ? 1 : 0,
        Scale.Binary,
        count: 100);

    // what a kilogram is worth, less two for every step over 3 in size
    private static Objective<ProgramSource> Struct(int seed) => Of<Func<Parcel, double>, Parcel>(
        seed,
        "static double F(Parcel parcel) => parcel.Value;",
        rng => new(Round(1 + (9 * rng.NextDouble())), Round(20 * rng.NextDouble()), rng.Next(8)),
        i => $"{i.Weight} {i.Value} {i.Size}",
        (f, i) => -Math.Abs(f(i) - ((i.Value / i.Weight) - (2 * Math.Max(0, i.Size - 3)))));

    // x / 1 + x / 2 + ... + x / n
    private static Objective<ProgramSource> LoopAndLocal(int seed) => Of<Func<double, int, double>, (double X, int N)>(
        seed,
        "static double F(double x, int n) => x;",
        rng => (Round(5 * rng.NextDouble()), 1 + rng.Next(30)),
        i => $"{i.X} {i.N}",
        (f, i) => -Math.Abs(f(i.X, i.N) - Enumerable.Range(1, i.N).Sum(k => i.X / k)));

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
