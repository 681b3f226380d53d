using System.Collections.Immutable;

namespace Ansatz.Web;

/// <summary>A stretch of text and whether the other side lacks it.</summary>
internal readonly record struct DiffPart(string Text, bool Changed);

/// <summary>What changed between two texts, word by word: each side in full, with the stretches marked that the other lacks.</summary>
internal sealed record TextDiff(ImmutableArray<DiffPart> Old, ImmutableArray<DiffPart> New)
{
    private const long MostCells = 4_000_000; // of the table below: 2,000 words against 2,000

    public static TextDiff Between(string before, string after)
    {
        string[] a = Words(before), b = Words(after);
        int start = 0, end = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start])
        {
            start++;
        }

        while (end < a.Length - start && end < b.Length - start && a[^(end + 1)] == b[^(end + 1)])
        {
            end++;
        }

        bool[] keptA = new bool[a.Length], keptB = new bool[b.Length];
        Array.Fill(keptA, true);
        Array.Fill(keptB, true);
        Span<bool> middleA = keptA.AsSpan(start, a.Length - start - end), middleB = keptB.AsSpan(start, b.Length - start - end);
        middleA.Clear();
        middleB.Clear();
        if ((long)middleA.Length * middleB.Length <= MostCells)
        {
            MarkCommon(a.AsSpan(start, middleA.Length), b.AsSpan(start, middleB.Length), middleA, middleB);
        }

        return new(Parts(a, keptA), Parts(b, keptB));
    }

    // Longest common subsequence: length[i, j] is that of a[i..] and b[j..].
    private static void MarkCommon(ReadOnlySpan<string> a, ReadOnlySpan<string> b, Span<bool> keptA, Span<bool> keptB)
    {
        ushort[,] length = new ushort[a.Length + 1, b.Length + 1]; // at most 2,000 or so, by MostCells and the trimming of equal ends
        for (int i = a.Length - 1; i >= 0; i--)
        {
            for (int j = b.Length - 1; j >= 0; j--)
            {
                length[i, j] = a[i] == b[j] ? (ushort)(length[i + 1, j + 1] + 1) : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        // Where little is shared, the shared words are accidents ("the", a space): marking around them would be confetti.
        int words = 0, x = 0, y = 0;
        List<(int A, int B)> pairs = [];
        while (x < a.Length && y < b.Length)
        {
            if (a[x] == b[y])
            {
                words += string.IsNullOrWhiteSpace(a[x]) ? 0 : 1;
                pairs.Add((x++, y++));
            }
            else if (length[x + 1, y] >= length[x, y + 1])
            {
                x++;
            }
            else
            {
                y++;
            }
        }

        if (words * 3 < Math.Min(Count(a), Count(b)))
        {
            return;
        }

        foreach ((int i, int j) in pairs)
        {
            keptA[i] = keptB[j] = true;
        }

        static int Count(ReadOnlySpan<string> tokens)
        {
            int count = 0;
            foreach (string token in tokens)
            {
                count += string.IsNullOrWhiteSpace(token) ? 0 : 1;
            }

            return count;
        }
    }

    private static ImmutableArray<DiffPart> Parts(string[] words, bool[] kept)
    {
        ImmutableArray<DiffPart>.Builder parts = ImmutableArray.CreateBuilder<DiffPart>();
        for (int i = 0; i < words.Length;)
        {
            int from = i;
            while (i < words.Length && kept[i] == kept[from])
            {
                i++;
            }

            parts.Add(new(string.Concat(words[from..i]), !kept[from]));
        }

        return parts.ToImmutable();
    }

    // Runs of letters and digits, runs of white space, and every other character by itself. Joined, they are the text again.
    private static string[] Words(string text)
    {
        List<string> words = [];
        for (int i = 0; i < text.Length;)
        {
            int from = i++;
            int kind = Kind(text[from]);
            while (kind != 0 && i < text.Length && (Kind(text[i]) == kind || IsPoint(text, i)))
            {
                i++;
            }

            words.Add(text[from..i]);
        }

        return [.. words];

        static bool IsPoint(string text, int i) => // "0.97" is one word
            text[i] == '.' && char.IsAsciiDigit(text[i - 1]) && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]);

        static int Kind(char c) => char.IsLetterOrDigit(c) || c == '_' || char.IsSurrogate(c) ? 1 : c == '\n' ? 0 : char.IsWhiteSpace(c) ? 2 : 0;
    }
}
