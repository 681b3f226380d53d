using Ansatz.Programs;

namespace Ansatz.Cli.Tests.Holes;

/// <summary>A hole that a search of a few programs can improve: wanted is 3x + 2.</summary>
internal static class Line
{
    [Open(Purpose = "A number made of x.")]
    public static double F(double x) => x;

    [Rule("three times x")]
    private static double Three(double x) => 3 * x;

    [Offered]
    private static double Twice(double x) => 2 * x;

    [Score(Noun = "points")]
    private static ProgramScore Score(Func<double, double> f, int x) => new(-Math.Abs(f(x) - ((3 * x) + 2)));

    [Inputs(Split.Train)]
    private static int[] Train() => [1, 2, 3, 4];

    [Inputs(Split.Validation)]
    private static int[] Validation() => [11, 12, 13];

    [Inputs(Split.Test)]
    private static int[] Test() => [21, 22, 23, 24, 25, 26];
}

/// <summary>Inputs from a file.</summary>
internal static class OfRows
{
    [Open]
    public static double F(double x) => x;

    [Score(Noun = "rows")]
    private static double Score(Func<double, double> f, (double X, double Y) row) => -Math.Abs(f(row.X) - row.Y);
}

/// <summary>A type of the user's, of which candidates read the parts.</summary>
public readonly record struct Spot(double X, Side Side);

/// <summary>Another, in it.</summary>
public enum Side
{
    Left,
    Right,
}

internal static class OfSpots
{
    [Open]
    public static double F(Spot spot) => spot.X;

    [Score]
    private static double Score(Func<Spot, double> f, Spot spot) => -Math.Abs(f(spot) - (spot.Side == Side.Right ? 2 * spot.X : 1));

    [Inputs(Split.Train)]
    private static Spot[] Train() => [new(3, Side.Left), new(4, Side.Right), new(5, Side.Left), new(6, Side.Right)];

    [Inputs(Split.Validation)]
    private static Spot[] Validation() => [new(7, Side.Left), new(8, Side.Right)];

    [Inputs(Split.Test)]
    private static Spot[] Test() => [.. Enumerable.Range(9, 6).Select(i => new Spot(i, (Side)(i % 2)))];
}

internal static class OverSeeds
{
    [Open]
    public static double F(double x) => x;

    [Score]
    private static double Score(Func<double, double> f, double x) => -Math.Abs(f(x) - ((3 * x) + 2));

    [Inputs(Split.Train)]
    private static double[] Train() => [1, 2, 3];
}

internal static class OutsideTheSubset
{
    [Open]
    public static double F(double x) => x + Environment.TickCount;

    [Score]
    private static double Score(Func<double, double> f, double x) => f(x);

    [Inputs(Split.Train)]
    private static double[] Train() => [1];
}

internal static class CannotCross
{
    [Open]
    public static decimal F(decimal x) => x;

    [Score]
    private static double Score(Func<decimal, decimal> f, double x) => (double)f((decimal)x);

    [Inputs(Split.Train)]
    private static double[] Train() => [1];
}

internal static class ScorerThrows
{
    [Open]
    public static double F(double x) => x;

    [Score]
    private static double Score(Func<double, double> f, double x) => throw new InvalidOperationException($"not {f(x)}");

    [Inputs(Split.Train)]
    private static double[] Train() => [1];
}

internal static class InputsThrow
{
    [Open]
    public static double F(double x) => x;

    [Score]
    private static double Score(Func<double, double> f, double x) => f(x);

    [Inputs(Split.Train)]
    private static double[] Train() => [.. File.ReadAllLines("/nowhere/numbers.txt").Select(double.Parse)];
}

internal static class NoScorer
{
    [Open]
    public static double F(double x) => x;
}

internal static class TwoOpen
{
    [Open]
    public static double F(double x) => x;

    [Open]
    public static double G(double x) => x;

    [Score]
    private static double Score(Func<double, double> f, double x) => f(x);
}

internal static class NotANumber
{
    [Open]
    public static double F(double x) => x;

    [Score]
    private static double Score(Func<double, double> f, double x) => Math.Log(-Math.Abs(f(x)));

    [Inputs(Split.Train)]
    private static double[] Train() => [1];
}

internal static class Overlapping
{
    [Open]
    public static double F(double x) => x;

    [Score]
    private static double Score(Func<double, double> f, double x) => f(x);

    [Inputs(Split.Train)]
    private static double[] Train() => [1, 2];

    [Inputs(Split.Validation)]
    private static double[] Validation() => [2, 3];
}

internal static class Unstable
{
    private static int _calls;

    [Open]
    public static double F(double x) => x;

    [Score]
    private static double Score(Func<double, double> f, double x) => f(x) + _calls++;

    [Inputs(Split.Train)]
    private static double[] Train() => [1, 2];
}

internal static class Flat
{
    [Open]
    public static double F(double x) => x;

    [Score]
    private static double Score(Func<double, double> f, double x) => 0 * (f(x) > x ? 1 : 2);

    [Inputs(Split.Train)]
    private static double[] Train() => [1, 2];
}
