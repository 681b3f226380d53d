namespace Ansatz;

/// <summary>The t-interval of a mean, for values that are roughly normal: means over seeds. Student 1908, "The probable error of a mean".</summary>
public static class StudentT
{
    /// <summary>x̄ ± t(1 − α/2, n − 1) · s / √n.</summary>
    /// <remarks>One value: every number. Values that are all equal: that number alone, for what that is worth.</remarks>
    /// <param name="values">One value a seed, or a difference a seed; at least one, all finite.</param>
    /// <param name="confidence">Confidence level.</param>
    public static Interval Interval(ReadOnlySpan<double> values, double confidence = 0.95)
    {
        double tail = Confidence.Tail(confidence);
        double mean = Confidence.Mean(values);
        if (values.Length == 1)
        {
            return Ansatz.Interval.Everything;
        }

        double s = Confidence.StandardDeviation(values, mean);
        if (s == 0)
        {
            return new(values[0], values[0]);
        }

        double t = -MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, values.Length - 1, tail);
        double half = t * s / Math.Sqrt(values.Length);
        return new(mean - half, mean + half);
    }
}
