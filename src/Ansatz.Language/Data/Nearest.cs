namespace Ansatz.Language;

/// <summary>Finds what somebody probably meant to type.</summary>
public static class Nearest
{
    /// <summary>The word closest to <paramref name="typed"/>; none where nothing is close: more than a third of its characters would have to change.</summary>
    public static string? To(string typed, IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(words);
        string? best = null;
        int limit = Math.Max(1, typed.Length / 3);
        foreach (string word in words)
        {
            int distance = Distance(typed.ToUpperInvariant(), word.ToUpperInvariant());
            if (distance <= limit)
            {
                (best, limit) = (word, distance - 1); // ties to the earlier
            }
        }

        return best;
    }

    /// <summary>The question that ends an error message, with a space before it: <c> Did you mean "complaint"?</c> Empty where nothing is close.</summary>
    public static string Question(string typed, IEnumerable<string> words) =>
        To(typed, words) is { } word ? $" Did you mean \"{word}\"?" : "";

    // Levenshtein's distance: fewest insertions, deletions and replacements. One row of the table at a time.
    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > left.Length)
        {
            return int.MaxValue; // far beyond any limit above; spares the table for long cells
        }

        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 0; i < left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int replaced = diagonal + (left[i] == right[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }
}
