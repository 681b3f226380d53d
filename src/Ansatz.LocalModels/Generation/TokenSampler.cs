namespace Ansatz.LocalModels;

/// <summary>Draws the next token from logits: temperature, then top-k, then top-p.</summary>
/// <remarks>Same seed and logits, same token, on every machine.</remarks>
internal sealed class TokenSampler(CompletionOptions options, Rng random)
{
    private double[] _weights = [];

    /// <returns>A token; of several equally likely ones at temperature 0, the one with the lowest number.</returns>
    public int Next(ReadOnlySpan<float> logits)
    {
        int best = ArgMax(logits);
        if (options.Temperature == 0)
        {
            return best;
        }

        // w_i = exp((x_i - max) / T)
        if (_weights.Length < logits.Length)
        {
            _weights = new double[logits.Length];
        }

        Span<double> weights = _weights.AsSpan(0, logits.Length);
        double total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double x = ((double)logits[i] - logits[best]) / options.Temperature;
            weights[i] = x < -100 ? 0 : PortableMath.Exp(x);
            total += weights[i];
        }

        return options.TopK is null && options.TopP == 1 ? Draw(weights, total) : DrawFromTop(weights, total);
    }

    private int Draw(ReadOnlySpan<double> weights, double total)
    {
        double left = random.NextDouble() * total;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                left -= weights[i];
                if (left < 0)
                {
                    return i;
                }
            }
        }

        return last; // rounding ate the rest
    }

    private int DrawFromTop(ReadOnlySpan<double> weights, double total)
    {
        // All tokens below (1 - p)/n of the total together have less than 1 - p: none of them is among the likeliest that reach p.
        double least = options.TopK is null ? (1 - options.TopP) * total / weights.Length : 0;
        List<(double Weight, int Token)> top = [];
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > least)
            {
                top.Add((weights[i], i));
            }
        }

        top.Sort(static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : a.Token.CompareTo(b.Token));
        int kept = Math.Min(top.Count, options.TopK ?? top.Count);
        double sumOfK = 0;
        for (int i = 0; i < kept; i++)
        {
            sumOfK += top[i].Weight;
        }

        // Top-p of what top-k left; without top-k, of everything.
        double wanted = options.TopP * (options.TopK is null ? total : sumOfK);
        double sum = 0;
        int count = 0;
        while (count < kept && (count == 0 || sum < wanted))
        {
            sum += top[count++].Weight;
        }

        double left = random.NextDouble() * sum;
        for (int i = 0; i < count; i++)
        {
            left -= top[i].Weight;
            if (left < 0)
            {
                return top[i].Token;
            }
        }

        return top[count - 1].Token;
    }

    private static int ArgMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                best = i;
            }
        }

        return float.IsNaN(logits[best])
            ? throw new FaultException("The embedded model computed no numbers (NaN): the model file is damaged.")
            : best;
    }
}
