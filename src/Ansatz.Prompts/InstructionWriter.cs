using System.Collections.Immutable;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>What searches with a proposer share: asks it, reads its replies, and refuses instructions that were seen, are too long or give items away.</summary>
/// <remarks>One a run of a search: it remembers what was seen, and numbers the calls, so that each has a seed of its own, the same in a search and its control.</remarks>
internal sealed class InstructionWriter(Search<Prompt> search, PromptPart part, Proposer proposer, Writing writing)
{
    /// <summary>Around the instruction in a chat model's reply.</summary>
    public const string Start = "<INS>", End = "</INS>";

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private int _calls;

    /// <summary>Whether an instruction differs from all before it in more than case, spacing and punctuation. Asking counts as seeing.</summary>
    public bool IsNew(string instruction) => _seen.Add(TextItem.Normalise(instruction));

    /// <summary>One call for each text, all at once, and what was written. A plain proposer stops at the line end.</summary>
    public async Task<ImmutableArray<ProposerReply>> AskAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        string? stop = writing.Style == WritingStyle.Plain ? "\n" : null;
        return await search.CallAsync(
            [
                .. texts.SelectMany(text => proposer.Calls(
                    new(text, writing.Temperature, writing.TopP, writing.MaxTokens, stop), [_calls++], sample => search.SharedStream("proposal", sample).Next(int.MaxValue))),
            ],
            Proposer.Codec,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One call for each text, all at once. By index: the instruction that was written; none where there is none that may be used.</summary>
    public async Task<string?[]> WriteAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        [.. (await AskAsync(texts, cancellationToken).ConfigureAwait(false)).Select(r => r.Reaches(End, Start) ? Usable(r.Text) : null)];

    /// <summary>The instruction in a reply; none where there is none.</summary>
    /// <remarks>
    /// Of a chat model's: what stands after the last start tag, up to the end tag or the end. Without a start tag: its last line with text. Of a plain model: its first line with text.
    /// </remarks>
    public static string? Read(WritingStyle style, string reply)
    {
        int start = style == WritingStyle.Chat ? reply.LastIndexOf(Start, StringComparison.Ordinal) : -1;
        string text;
        if (start >= 0)
        {
            text = reply[(start + Start.Length)..];
            int end = text.IndexOf(End, StringComparison.Ordinal);
            text = end < 0 ? text : text[..end];
        }
        else
        {
            string[] lines = reply.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            text = lines.Length == 0 ? "" : style == WritingStyle.Chat ? lines[^1] : lines[0];
            text = text.Replace(End, "", StringComparison.Ordinal);
        }

        text = text.Replace("**", "", StringComparison.Ordinal).Trim();
        if (text.Length > 1 && text[0] == '"' && text[^1] == '"') // models like to quote the whole
        {
            text = text[1..^1].Trim();
        }

        return text.Length == 0 ? null : text;
    }

    /// <summary>A text on one line, for patterns.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private string? Usable(string reply) =>
        Read(writing.Style, reply) is { } text && text.Length <= writing.MaxCharacters && IsNew(text) && part.Leak(text) is null ? text : null;
}
