using System.Globalization;
using Ansatz.Sandbox;

namespace Ansatz.Programs.Tests;

/// <summary>A type of the user's, of which candidates read the parts.</summary>
internal readonly record struct Crate(double Weight, int Shelf, Contents Contents);

/// <summary>What is in it.</summary>
internal enum Contents
{
    Apples,
    Pears,
}

/// <summary>Small holes of every kind of signature, for tests of what must work for all of them.</summary>
internal static class Holes
{
    /// <summary>Points of a plane; wanted is x² − 3y.</summary>
    public static ProgramObjective<Func<double, double, double>, (double X, double Y)> TwoDoubles(int train = 4, int validation = 4) => new(
        new(HoleSignature.Of<Func<double, double, double>>("F"), "static double F(double x, double y) => x;", purpose: "A number made of two."),
        new(Points("train", train), Points("validation", validation), [], p => string.Create(CultureInfo.InvariantCulture, $"{p.X} {p.Y}")),
        (f, p) => -Math.Abs(f(p.X, p.Y) - ((p.X * p.X) - (3 * p.Y))),
        noun: "points");

    /// <summary>The hole alone, by what it takes and gives.</summary>
    public static ProgramPart Part(string kind) => kind switch
    {
        "two doubles" => new(HoleSignature.Of<Func<double, double, double>>("F"), "static double F(double x, double y) => x - y;"),
        "int[] to double" => new(HoleSignature.Of<Func<int[], double>>("F"), "static double F(int[] a) => a.Length;"),
        "double[] and int to int" => new(HoleSignature.Of<Func<double[], int, int>>("F"), "static int F(double[] a, int k) => k;"),
        "long[] and bool[] to long" => new(HoleSignature.Of<Func<long[], bool[], long>>("F"), "static long F(long[] a, bool[] b) => a.Length;"),
        "double[][] to int" => new(HoleSignature.Of<Func<double[][], int>>("F"), "static int F(double[][] a) => a.Length;"),
        "bool" => new(HoleSignature.Of<Func<double, int, bool, bool>>("F"), "static bool F(double x, int n, bool b) => b;"),
        "array result" => new(HoleSignature.Of<Func<double[], double[]>>("F"), "static double[] F(double[] a) => a;"),
        "struct" => new(HoleSignature.Of<Func<Crate, Contents, double>>("F"), "static double F(Crate crate, Contents wanted) => crate.Contents == wanted ? crate.Weight : 0;"),
        "helper" => new(HoleSignature.Of<Func<long, uint, double>>("F", OfferedHelper.Of("Half", (double x) => x / 2)), "static double F(long a, uint b) => Half(a);"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static IEnumerable<(double X, double Y)> Points(string purpose, int count)
    {
        Rng rng = new(1, purpose);
        return [.. Enumerable.Range(0, count).Select(_ => (Math.Round(rng.NextGaussian() * 3, 2), Math.Round(rng.NextGaussian() * 3, 2)))];
    }
}
