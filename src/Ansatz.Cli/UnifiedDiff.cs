using System.Globalization;
using System.Text;

namespace Ansatz.Cli;

/// <summary>The difference of two texts by lines, in the form that <c>patch</c> and <c>git apply</c> read: line ends are those of the texts.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;
    private const long MostCells = 25_000_000; // of the table: 5,000 changed lines against 5,000

    /// <summary>The whole diff; empty where the texts are equal.</summary>
    /// <param name="from">Name of the old file.</param>
    /// <param name="to">Name of the new file.</param>
    /// <param name="before">The old text.</param>
    /// <param name="after">The new text.</param>
    public static string Of(string from, string to, string before, string after)
    {
        (char Kind, string Line)[] lines = Lines(Whole(before), Whole(after));
        if (lines.All(l => l.Kind == ' '))
        {
            return "";
        }

        StringBuilder diff = new(string.Create(CultureInfo.InvariantCulture, $"--- {from}\n+++ {to}\n"));
        for (int i = 0; i < lines.Length;)
        {
            if (lines[i].Kind == ' ')
            {
                i++;
                continue;
            }

            // A hunk goes on while the next change is near.
            int start = Math.Max(0, i - Context), last = i;
            for (int next = i; next < lines.Length && next <= last + (2 * Context); next++)
            {
                last = lines[next].Kind == ' ' ? last : next;
            }

            int end = Math.Min(lines.Length, last + Context + 1);
            ReadOnlySpan<(char Kind, string Line)> hunk = lines.AsSpan(start, end - start);
            int oldStart = Count(lines.AsSpan(0, start), '+'), newStart = Count(lines.AsSpan(0, start), '-'), oldCount = Count(hunk, '+'), newCount = Count(hunk, '-');
            diff.Append(CultureInfo.InvariantCulture, $"@@ -{(oldCount == 0 ? oldStart : oldStart + 1)},{oldCount} +{(newCount == 0 ? newStart : newStart + 1)},{newCount} @@\n");
            foreach ((char kind, string line) in hunk)
            {
                diff.Append(kind).Append(line).Append('\n');
            }

            i = end;
        }

        return diff.ToString();

        // Lines that are not of the other side.
        static int Count(ReadOnlySpan<(char Kind, string Line)> lines, char other)
        {
            int count = 0;
            foreach ((char kind, _) in lines)
            {
                count += kind == other ? 0 : 1;
            }

            return count;
        }
    }

    /// <summary>The lines of both texts in order: ' ' in both, '-' gone, '+' new.</summary>
    public static (char Kind, string Line)[] Lines(string before, string after) => Lines(Split(before), Split(after));

    private static (char Kind, string Line)[] Lines(string[] a, string[] b)
    {
        int start = 0, end = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start])
        {
            start++;
        }

        while (end < a.Length - start && end < b.Length - start && a[^(end + 1)] == b[^(end + 1)])
        {
            end++;
        }

        return
        [
            .. a.Take(start).Select(l => (' ', l)),
            .. Middle(a[start..^end], b[start..^end]),
            .. a.Skip(a.Length - end).Select(l => (' ', l)),
        ];
    }

    // Lines as they are, the last one with a mark where it does not end.
    private static string[] Whole(string text)
    {
        string[] lines = text.Split('\n');
        return text.Length == 0 ? []
            : lines[^1].Length == 0 ? lines[..^1]
            : [.. lines[..^1], $"{lines[^1]}\n\\ No newline at end of file"];
    }

    // Longest common subsequence: length[i, j] is that of a[i..] and b[j..].
    private static List<(char, string)> Middle(string[] a, string[] b)
    {
        if ((long)a.Length * b.Length > MostCells)
        {
            return [.. a.Select(l => ('-', l)), .. b.Select(l => ('+', l))];
        }

        int[,] length = new int[a.Length + 1, b.Length + 1];
        for (int i = a.Length - 1; i >= 0; i--)
        {
            for (int j = b.Length - 1; j >= 0; j--)
            {
                length[i, j] = a[i] == b[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        List<(char, string)> lines = [];
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            lines.Add(
                i < a.Length && j < b.Length && a[i] == b[j] ? (' ', a[(i++, j++).Item1])
                : j == b.Length || (i < a.Length && length[i + 1, j] >= length[i, j + 1]) ? ('-', a[i++])
                : ('+', b[j++]));
        }

        return lines;
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
