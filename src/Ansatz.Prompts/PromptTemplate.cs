using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace Ansatz.Prompts;

/// <summary>
/// A text with holes: <c>{instruction}</c> and <c>{demonstrations}</c> are open slots, the last hole takes the answer, every other one
/// takes a column of the data. All else is locked: no search can change it.
/// </summary>
/// <remarks>
/// <para>
/// <c>{instruction}{demonstrations}Review: {text}\nKind: {label}</c> renders as the instruction and a blank line (nothing where it is
/// empty), each demonstration as <c>Review: ...\nKind: ...</c> and a blank line, and the item as <c>Review: ...\nKind:</c>.
/// </para>
/// <para>
/// Spaces before the answer belong to the answer (" praise"), and spaces before the first data hole to the data: language models cut
/// words together with the space before them, so a text that ends in a space cuts the next word in a way that they hardly know.
/// </para>
/// <para>
/// White space inside the braces of the instruction stands around it in the place of the blank line, and goes with it where it is empty: with
/// <c>{instruction\n}{text}</c> the item follows on the next line, with <c>Answer:{ instruction} {label}</c> the instruction begins the answer.
/// </para>
/// <para><c>{{</c> and <c>}}</c> are braces. Immutable.</para>
/// </remarks>
public sealed class PromptTemplate
{
    /// <summary>The hole of the instruction.</summary>
    public const string InstructionHole = "instruction";

    /// <summary>The hole of the demonstrations.</summary>
    public const string DemonstrationsHole = "demonstrations";

    private readonly ImmutableArray<Segment> _head; // up to {demonstrations}, or empty
    private readonly ImmutableArray<Segment> _item; // one item, without the answer hole and the spaces before it
    private readonly string _gap; // the spaces before the answer hole

    private PromptTemplate(string text, ImmutableArray<Segment> segments)
    {
        Text = text;
        Answer = segments[^1].Text;
        Fields = [.. segments[..^1].Where(s => s.Kind == SegmentKind.Field).Select(s => s.Text).Distinct()];
        int instruction = IndexOf(segments, SegmentKind.Instruction);
        HasInstruction = instruction >= 0;
        int lastField = segments[..^1].Select((s, i) => s.Kind == SegmentKind.Field ? i : -1).Max();
        InstructionBeginsAnswer = instruction > lastField
            && segments[(lastField + 1)..instruction].Any(s => !string.IsNullOrWhiteSpace(s.Text))
            && segments[(instruction + 1)..^1].All(s => string.IsNullOrWhiteSpace(s.Text));

        int demonstrations = IndexOf(segments, SegmentKind.Demonstrations);
        HasDemonstrations = demonstrations >= 0;
        _head = demonstrations > 0 ? segments[..demonstrations] : [];
        ImmutableArray<Segment> item = segments[(demonstrations + 1)..^1];
        string end = item.Length > 0 && item[^1].Kind == SegmentKind.Locked ? item[^1].Text : "";
        _gap = end[EndOfText(end)..];
        _item = _gap.Length == 0 ? item : item.SetItem(item.Length - 1, item[^1] with { Text = end[..^_gap.Length] });
    }

    private enum SegmentKind
    {
        Locked,
        Instruction,
        Demonstrations,
        Field,
    }

    /// <summary>The template as it was written.</summary>
    public string Text { get; }

    /// <summary>The columns that the template shows, in the order of their first holes.</summary>
    public ImmutableArray<string> Fields { get; }

    /// <summary>The name of the answer hole: the column that holds the right answers.</summary>
    public string Answer { get; }

    /// <summary>Whether there is a slot for an instruction.</summary>
    public bool HasInstruction { get; }

    /// <summary>Whether the instruction is the beginning of the answer: words of the template stand between the last data hole and it, and nothing between it and the answer.</summary>
    public bool InstructionBeginsAnswer { get; }

    /// <summary>Whether there is a slot for demonstrations.</summary>
    public bool HasDemonstrations { get; }

    /// <summary>Whether slots stand before the item, so that a prompt can be cut into <see cref="Instructions"/> and <see cref="Message"/>.</summary>
    public bool CanInstruct => HasDemonstrations || InstructionSegments > 0;

    /// <summary>Reads a template.</summary>
    /// <exception cref="InputException">The text is no template; the message says where and why.</exception>
    public static PromptTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ImmutableArray<Segment> segments = Cut(text);
        int last = segments.Length - 1;
        if (last < 0 || segments.All(s => s.Kind == SegmentKind.Locked))
        {
            throw Wrong("has no hole; it must end with the hole of the answer, as in \"{instruction}{demonstrations}Review: {text}\\nKind: {label}\"");
        }

        if (segments[last].Kind != SegmentKind.Field)
        {
            throw Wrong($"ends with {segments[last].Shown} ({segments[last].Place}); it must end with the hole of the answer, such as {{label}}");
        }

        if (!segments[..last].Any(s => s.Kind == SegmentKind.Field))
        {
            throw Wrong($"shows no column of the data before the answer {segments[last].Shown}; write one, such as {{text}}, where the item shall stand");
        }

        foreach (SegmentKind slot in (ReadOnlySpan<SegmentKind>)[SegmentKind.Instruction, SegmentKind.Demonstrations])
        {
            if (segments.Where(s => s.Kind == slot).Skip(1).FirstOrDefault() is { } second)
            {
                throw Wrong($"has {second.Shown} a second time ({second.Place}); each slot may stand once");
            }
        }

        int demonstrations = IndexOf(segments, SegmentKind.Demonstrations);
        if (demonstrations > IndexOf(segments, SegmentKind.Field))
        {
            throw Wrong($"has {{demonstrations}} after a column of the data ({segments[demonstrations].Place}); they must stand before the item");
        }

        if (segments[..last].FirstOrDefault(s => s.Kind == SegmentKind.Field && s.Text == segments[last].Text) is { } early)
        {
            throw Wrong($"shows the answer {early.Shown} already before its end ({early.Place}), so every item would contain its own answer");
        }

        return new(text, segments);
    }

    /// <summary>Checks the holes against the columns of the data.</summary>
    /// <param name="columns">The columns that can be shown.</param>
    /// <param name="answer">The column of the answers.</param>
    /// <exception cref="InputException">A hole is no column, or the last one is not the answer.</exception>
    public void CheckColumns(IReadOnlyCollection<string> columns, string answer)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (Answer != answer)
        {
            throw Wrong($"ends with {{{Answer}}}, but the answers stand in the column \"{answer}\"; end it with {{{answer}}}");
        }

        foreach (Segment hole in Cut(Text).Where(s => s.Kind == SegmentKind.Field && s.Text != answer))
        {
            if (!columns.Contains(hole.Text))
            {
                throw Wrong($"has the hole {hole.Shown} ({hole.Place}), which is no column of the data; its columns are: {string.Join(", ", columns)}");
            }
        }
    }

    /// <summary>The whole text that a model answers: everything up to the answer hole, without the spaces before it.</summary>
    /// <param name="prompt">What the slots hold.</param>
    /// <param name="fields">The item: a value for each of <see cref="Fields"/>.</param>
    public string Render(Prompt prompt, IReadOnlyDictionary<string, string> fields) => Prefix(prompt) + Suffix(prompt, fields);

    /// <summary>What all items begin with under one prompt, so that it is computed once a block. It never ends in a space.</summary>
    public string Prefix(Prompt prompt)
    {
        string prefix = UpToFirstField(prompt);
        return prefix[..EndOfText(prefix)];
    }

    /// <summary>The rest of one item's text after <see cref="Prefix"/>.</summary>
    /// <param name="prompt">What the slots hold.</param>
    /// <param name="fields">The item: a value for each of <see cref="Fields"/>.</param>
    public string Suffix(Prompt prompt, IReadOnlyDictionary<string, string> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        string prefix = UpToFirstField(prompt);
        StringBuilder text = new(prefix[EndOfText(prefix)..]);
        AppendAll(text, _item[IndexOf(_item, SegmentKind.Field)..], prompt, name => fields[name]);
        return text.ToString();
    }

    /// <summary>What is the same for all items, as an agent's instructions or a system message: everything up to the last slot before the item. Empty where nothing fills it.</summary>
    /// <exception cref="InvalidOperationException">No slot stands before the item.</exception>
    public string Instructions(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        StringBuilder text = HeadOf(prompt);
        AppendAll(text, _item[..RequireCut(prompt)], prompt, NoField);
        return text.ToString().TrimEnd();
    }

    /// <summary>The item as a message under <see cref="Instructions"/>: the rest of the text.</summary>
    /// <param name="prompt">What the slots hold.</param>
    /// <param name="fields">The item: a value for each of <see cref="Fields"/>.</param>
    /// <exception cref="InvalidOperationException">No slot stands before the item.</exception>
    public string Message(Prompt prompt, IReadOnlyDictionary<string, string> fields)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(fields);
        StringBuilder text = new();
        AppendAll(text, _item[RequireCut(prompt)..], prompt, name => fields[name]);
        return text.ToString();
    }

    /// <summary>What is sent to a chat model: one message of the user's; or the instructions as the system's, where there are any, and the item as the user's.</summary>
    internal ChatMessage[] Messages(Prompt prompt, IReadOnlyDictionary<string, string> fields, bool asInstructions) =>
        !asInstructions ? [new(ChatRole.User, Render(prompt, fields))]
        : Instructions(prompt) is { Length: > 0 } instructions ? [new(ChatRole.System, instructions), new(ChatRole.User, Message(prompt, fields))]
        : [new(ChatRole.User, Message(prompt, fields))];

    /// <summary>The answer as it follows the rendered text, leading space included: " praise".</summary>
    public string Continuation(string wording) => _gap + wording;

    private string UpToFirstField(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        StringBuilder text = HeadOf(prompt);
        AppendAll(text, _item[..IndexOf(_item, SegmentKind.Field)], prompt, NoField);
        return text.ToString();
    }

    // Up to the end of the demonstrations; nothing where the template has no place for them.
    private StringBuilder HeadOf(Prompt prompt)
    {
        StringBuilder text = new();
        AppendAll(text, _head, prompt, NoField);
        foreach (Demonstration demonstration in HasDemonstrations ? prompt.Demonstrations : [])
        {
            AppendAll(text, _item, prompt, name => ValueIn(demonstration, name));
            text.Append(Continuation(prompt.WordingOf(demonstration.Answer))).Append("\n\n");
        }

        return text;
    }

    // How many segments of the item end with an instruction that stands before its first column; 0 where none does.
    private int InstructionSegments => IndexOf(_item, SegmentKind.Instruction) is >= 0 and int slot && slot < IndexOf(_item, SegmentKind.Field) ? slot + 1 : 0;

    // An instruction in the item's own part stands in every example too, and stays there where there are any.
    private int RequireCut(Prompt prompt) =>
        !CanInstruct ? throw new InvalidOperationException("No slot of the template stands before the item.")
        : prompt.Demonstrations.IsEmpty || !HasDemonstrations ? InstructionSegments
        : 0;

    private static void AppendAll(StringBuilder text, ImmutableArray<Segment> segments, Prompt prompt, Func<string, string> field)
    {
        foreach (Segment segment in segments)
        {
            _ = segment.Kind switch
            {
                SegmentKind.Locked => text.Append(segment.Text),
                SegmentKind.Field => text.Append(field(segment.Text)),
                _ => prompt.Instruction.Length == 0 ? text : text.Append(segment.Before).Append(prompt.Instruction).Append(segment.After),
            };
        }
    }

    private static string ValueIn(Demonstration demonstration, string name) =>
        demonstration.Fields.FirstOrDefault(f => f.Name == name)?.Value
        ?? throw new InputException($"A demonstration has no value for the template's hole {{{name}}}.");

    private static string NoField(string name) => throw new InvalidOperationException($"No item stands before {{{name}}}.");

    private static int IndexOf(ImmutableArray<Segment> segments, SegmentKind kind)
    {
        for (int i = 0; i < segments.Length; i++)
        {
            if (segments[i].Kind == kind)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Where the spaces at the end of a text begin. A line end stays: it is a token of its own.</summary>
    private static int EndOfText(string text) => text.AsSpan().TrimEnd(" \t").Length;

    private static ImmutableArray<Segment> Cut(string text)
    {
        ImmutableArray<Segment>.Builder segments = ImmutableArray.CreateBuilder<Segment>();
        StringBuilder locked = new();
        int lockedAt = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            lockedAt = locked.Length == 0 ? i : lockedAt;
            if (c is '{' or '}' && i + 1 < text.Length && text[i + 1] == c)
            {
                locked.Append(c);
                i++;
            }
            else if (c == '}')
            {
                throw Wrong($"has a }} that closes nothing at character {Number(i + 1)}; write }}}} for a brace");
            }
            else if (c == '{')
            {
                int end = text.AsSpan(i + 1).IndexOfAny('{', '}');
                string hole = end < 0 ? "" : text.Substring(i + 1, end);
                string name = hole.Trim();
                if (end < 0 || text[i + 1 + end] != '}' || name.Contains('\n', StringComparison.Ordinal))
                {
                    throw Wrong($"has a {{ at character {Number(i + 1)} that is never closed; write {{name}} for a hole, or {{{{ for a brace");
                }

                if (name.Length == 0)
                {
                    throw Wrong($"has a hole without a name at character {Number(i + 1)}; write a column of the data in it, or {{{{}}}} for two braces");
                }

                Flush();
                bool isSpaced = name.Length < hole.Length;
                segments.Add(new(KindOf(name), name, i + 1)
                {
                    Before = hole[..hole.IndexOf(name, StringComparison.Ordinal)],
                    After = isSpaced ? hole[(hole.IndexOf(name, StringComparison.Ordinal) + name.Length)..] : "\n\n",
                });
                i += end + 1;
            }
            else
            {
                locked.Append(c);
            }
        }

        Flush();
        return segments.ToImmutable();

        void Flush()
        {
            if (locked.Length > 0)
            {
                segments.Add(new(SegmentKind.Locked, locked.ToString(), lockedAt + 1));
                locked.Clear();
            }
        }
    }

    private static SegmentKind KindOf(string name) => name switch
    {
        InstructionHole => SegmentKind.Instruction,
        DemonstrationsHole => SegmentKind.Demonstrations,
        _ => SegmentKind.Field,
    };

    private static InputException Wrong(string what) => new($"The prompt's template {what}.");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A piece of the template: locked text, or a hole by its name.</summary>
    private sealed record Segment(SegmentKind Kind, string Text, int Position)
    {
        /// <summary>What stands before an instruction that is not empty.</summary>
        public string Before { get; init; } = "";

        /// <summary>What stands after it.</summary>
        public string After { get; init; } = "";

        public string Shown => Kind == SegmentKind.Locked ? $"the text \"{Text.ReplaceLineEndings("\\n")}\"" : $"{{{Text}}}";

        public string Place => $"character {Number(Position)}";
    }
}
