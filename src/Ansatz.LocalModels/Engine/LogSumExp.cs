using System.Runtime.Intrinsics;

namespace Ansatz.LocalModels;

/// <summary>log Σ exp in a fixed order of <see cref="PortableMath"/>'s operations: the same bits on every machine.</summary>
internal static class LogSumExp
{
    /// <summary>log Σ exp(x).</summary>
    public static double Of(ReadOnlySpan<float> x)
    {
        float max = Max(x);
        Vector256<double> shift = Vector256.Create((double)max);
        Vector256<double> low = default, high = default;
        int i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(x.Slice(i, 8)));
            low += PortableMath.Exp(a - shift);
            high += PortableMath.Exp(b - shift);
        }

        Vector256<double> lanes = low + high;
        double sum = lanes[0] + lanes[1] + lanes[2] + lanes[3];
        for (; i < x.Length; i++)
        {
            sum += PortableMath.Exp(x[i] - (double)max);
        }

        return max + PortableMath.Log(sum);
    }

    private static float Max(ReadOnlySpan<float> x)
    {
        Vector256<float> lanes = Vector256.Create(float.NegativeInfinity);
        int i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            lanes = Vector256.Max(lanes, Vector256.Create(x.Slice(i, 8))); // not a number stays one
        }

        float max = float.NegativeInfinity;
        for (int lane = 0; lane < 8; lane++)
        {
            max = MathF.Max(max, lanes[lane]);
        }

        for (; i < x.Length; i++)
        {
            max = MathF.Max(max, x[i]);
        }

        return max;
    }
}
