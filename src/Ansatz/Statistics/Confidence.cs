using MathNet.Numerics.Distributions;

namespace Ansatz;

/// <summary>What the intervals share: the check of a level, its quantiles, and the check of a sample.</summary>
internal static class Confidence
{
    /// <summary>α/2, the probability in each tail.</summary>
    public static double Tail(double confidence)
    {
        // "not (a and b)" also refuses NaN
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence level lies between 0 and 1, such as 0.95.");
        }

        return (1 - confidence) / 2;
    }

    /// <summary>z(1 − α/2): 1.96 for 0.95.</summary>
    public static double Z(double confidence) => -Normal.InvCDF(0, 1, Tail(confidence));

    /// <summary>z(power): 0.84 for 0.8.</summary>
    public static double CheckedPower(double power)
    {
        if (!(power >= 0.5 && power < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(power), power, "A power lies between 0.5 and 1, such as 0.8.");
        }

        return power;
    }

    /// <summary>Mean of the values.</summary>
    /// <exception cref="ArgumentException">No values, or one that is not finite.</exception>
    public static double Mean(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("No values: at least one is needed.", nameof(values));
        }

        double sum = 0;
        foreach (double value in values)
        {
            sum += double.IsFinite(value)
                ? value
                : throw new ArgumentException($"The values hold {value}: every one must be a finite number.", nameof(values));
        }

        return sum / values.Length;
    }

    /// <summary>s, with n − 1 in the denominator. Needs at least 2 values; exactly 0 when they are all equal.</summary>
    public static double StandardDeviation(ReadOnlySpan<double> values, double mean)
    {
        if (AreAllEqual(values))
        {
            return 0; // the mean of equal numbers may be off in the last digit
        }

        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return Math.Sqrt(squares / (values.Length - 1));
    }

    /// <summary>Whether the values are one number repeated.</summary>
    public static bool AreAllEqual(ReadOnlySpan<double> values) => !values.ContainsAnyExcept(values[0]);
}
