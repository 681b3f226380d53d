namespace Ansatz.Samples.Programs;

/// <summary>What the greedy builders share: a priority is asked once for each element, since it does not depend on what was added.</summary>
internal static class Greedy
{
    /// <summary>The numbers from 0 by descending priority, the smaller among equals; not a number comes last.</summary>
    public static int[] ByPriority(int count, Func<int, double> priority)
    {
        double[] keys = [.. Enumerable.Range(0, count).Select(i => priority(i) is var p && double.IsNaN(p) ? double.PositiveInfinity : -p)];
        return [.. Enumerable.Range(0, count).OrderBy(i => keys[i])]; // stable
    }

    /// <summary>A number's digits to a base, the most significant first.</summary>
    public static int[] Digits(int number, int radix, int count)
    {
        int[] digits = new int[count];
        for (int i = count - 1; i >= 0; i--, number /= radix)
        {
            digits[i] = number % radix;
        }

        return digits;
    }

    /// <summary>The number of digits to a base, the most significant first.</summary>
    public static int Number(ReadOnlySpan<int> digits, int radix)
    {
        int number = 0;
        foreach (int digit in digits)
        {
            number = (number * radix) + digit;
        }

        return number;
    }
}
