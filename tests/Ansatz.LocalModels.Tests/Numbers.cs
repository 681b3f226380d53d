using System.Text.Json.Nodes;
using LLama.Native;

namespace Ansatz.LocalModels.Tests;

/// <summary>Numbers of the model that its public face does not give.</summary>
internal static class Numbers
{
    /// <summary>Log-probabilities [vocabulary] of the token after a prompt that is computed alone.</summary>
    public static async Task<double[]> NextTokenAsync(EmbeddedModel model, int[] prompt)
    {
        double[] result = [];
        await ComputeAsync(model, prompt, prompt.Length - 1, (_, logits) =>
        {
            double normaliser = LogSumExp.Of(logits);
            result = [.. logits.ToArray().Select(x => x - normaliser)];
        });
        return result;
    }

    /// <summary>The largest difference from the reference's ten likeliest next tokens, over all its prompts, in nats.</summary>
    public static async Task<double> WorstNextTokenAsync(EmbeddedModel model)
    {
        double worst = 0;
        foreach (JsonNode one in Reference.Cases("next_token"))
        {
            double[] computed = await NextTokenAsync(model, Reference.Ids(one));
            foreach (JsonNode? pair in one["top10"]!.AsArray())
            {
                worst = Math.Max(worst, Math.Abs(computed[pair![0]!.GetValue<int>()] - pair[1]!.GetValue<double>()));
            }
        }

        return worst;
    }

    /// <summary>Mean negative log-likelihood of the 100 sentences, in nats a token; the first token of each is given.</summary>
    public static async Task<double> MeanNllAsync(EmbeddedModel model)
    {
        double sum = 0;
        int tokens = 0;
        foreach (string sentence in Reference.Sentences)
        {
            int[] ids = [.. model.Tokenize(sentence)];
            await ComputeAsync(model, ids, 0, (position, logits) =>
            {
                if (position < ids.Length - 1)
                {
                    sum -= logits[ids[position + 1]] - LogSumExp.Of(logits);
                    tokens++;
                }
            });
        }

        Assert.Equal(802, tokens);
        return sum / tokens;
    }

    private static async Task ComputeAsync(EmbeddedModel model, int[] tokens, int firstOutput, Action<int, Span<float>> onLogits)
    {
        await NativeEngine.Turn.WaitAsync(CancellationToken.None);
        try
        {
            model.Decoder.Clear();
            Row[] rows = [.. tokens.Select((t, p) => new Row((LLamaToken)t, p, 0, p >= firstOutput ? p : Row.NoOutput))];
            model.Decoder.Decode(rows, onLogits, CancellationToken.None);
        }
        finally
        {
            NativeEngine.Turn.Release();
        }
    }
}
