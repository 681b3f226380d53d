using System.Globalization;

namespace Ansatz.Language;

/// <summary>Chooses a label by the probabilities of a reply's first token, where a chat API gives the most probable ones (OpenAI's <c>top_logprobs</c>).</summary>
/// <remarks>
/// A token speaks for a label if the label's wording begins with it, whatever its case and the space before it; a label's probability is the sum over its tokens.
/// Where no token of a label is among those that the API gives, at most twenty, or what several labels begin with is more probable than one of them, the
/// probabilities are not known, and the outcome is rejected: a guess would be no measurement.
/// </remarks>
public static class FirstTokens
{
    /// <summary>The additional property of a call's options that asks for them, an <see cref="int"/> from 1 to 20; and that of the response that holds them.</summary>
    public const string Option = "topTokens";

    /// <summary>The outcome of one reply.</summary>
    /// <param name="reply">The reply, with its first tokens.</param>
    /// <param name="item">What was asked. Its answer is one of the labels.</param>
    /// <param name="wordings">The labels.</param>
    /// <exception cref="FaultException">The server gave no log-probabilities at all.</exception>
    public static Outcome Score(ChatReply reply, TextItem item, LabelWordings wordings)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(wordings);
        if (reply.FirstTokens.IsDefaultOrEmpty)
        {
            return reply.Text.Length == 0
                ? new Rejected("The reply is empty.", reply.Text)
                : throw new FaultException("The server gives no log-probabilities of its reply's tokens, which \"topTokens\" asks for; leave that out, and labels are read from the reply itself.");
        }

        double[] probabilities = new double[wordings.Wordings.Length];
        double shared = 0; // of what several labels begin with
        foreach (TokenProbability token in reply.FirstTokens)
        {
            string text = token.Token.TrimStart();
            int[] labels = text.Length == 0 ? [] : [.. Enumerable.Range(0, probabilities.Length).Where(k => wordings.Wordings[k].StartsWith(text, StringComparison.OrdinalIgnoreCase))];
            double probability = PortableMath.Exp(token.LogProbability);
            if (labels is [int label])
            {
                probabilities[label] += probability;
            }
            else if (labels.Length > 1)
            {
                shared += probability;
            }
        }

        int missing = Array.IndexOf(probabilities, 0);
        return missing >= 0
            ? new Rejected(
                string.Create(CultureInfo.InvariantCulture, $"No token of \"{wordings.Wordings[missing]}\" is among the {reply.FirstTokens.Length} most probable ones, so its probability is not known."),
                reply.Text)
            : shared >= probabilities.Min()
            ? new Rejected($"The labels {string.Join(", ", wordings.Wordings)} begin alike, and what they share is more probable than what tells them apart.", reply.Text)
            : LabelScorer.Choose([.. probabilities.Select(PortableMath.Log)], item, wordings);
    }
}

/// <summary>A token and its log-probability.</summary>
/// <param name="Token">Its text.</param>
/// <param name="LogProbability">Natural logarithm.</param>
public sealed record TokenProbability(string Token, double LogProbability);
