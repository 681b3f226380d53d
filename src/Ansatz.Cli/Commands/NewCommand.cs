using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz new: writes a study file from the user's own rows.</summary>
internal static class NewCommand
{
    private const int MostLabels = 50; // more different answers than that are no labels but texts

    private static readonly string[] InputNames = ["text", "input", "question", "message", "review", "sentence", "content", "body", "utterance", "comment", "title", "description"];
    private static readonly string[] AnswerNames = ["label", "answer", "category", "class", "intent", "sentiment", "target", "topic", "kind", "type", "output", "rating"];

    public static Command Create(Surroundings surroundings)
    {
        Argument<string?> data = new("DATA") { Description = "For a prompt: a CSV, TSV or .jsonl file with a column of texts and a column of right answers.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> program = new("--program") { Description = "For a program: the C# file with the method to search, instead of DATA. Writes what is missing beside it; an example where there is no such file.", HelpName = "FILE" };
        Option<string?> input = new("--input") { Description = "The column of texts. Default: guessed.", HelpName = "COLUMN" };
        Option<string?> answer = new("--answer") { Description = "The column of right answers. Default: guessed.", HelpName = "COLUMN" };
        Option<string> to = new("--to") { Description = "The study file to write. Default: study.json.", HelpName = "FILE", DefaultValueFactory = _ => "study.json" };
        Option<bool> skip = new("--skip-bad-rows") { Description = "Leaves bad rows out instead of stopping at the first." };
        Command command = new("new", "Writes a study file from your own rows, ready to run; or one of your own program.") { data, program, input, answer, to, skip };
        command.SetAction((parsed, _) => (parsed.GetValue(data), parsed.GetValue(program)) switch
        {
            ({ } rows, null) => WriteAsync(surroundings, rows, parsed.GetValue(input), parsed.GetValue(answer), parsed.GetRequiredValue(to), parsed.GetValue(skip)),
            (null, { }) when new Option[] { input, answer, skip }.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } ofRows => throw new InputException($"{ofRows.Name} says something of rows; the inputs of a program are said in its code, or in study.json (\"data\")."),
            (null, { } file) => NewProgram.WriteAsync(surroundings, file, parsed.GetRequiredValue(to)),
            _ => throw new InputException($"Name either your rows, or your program: `{surroundings.CommandLine("new", "your.csv")}`, or `{surroundings.CommandLine("new", "--program", "Heuristic.cs")}`."),
        });
        return command;
    }

    private static async Task<int> WriteAsync(Surroundings surroundings, string data, string? input, string? answer, string to, bool skipBadRows)
    {
        string path = surroundings.FullPath(data), target = surroundings.FullPath(to);
        bool isGuessed = answer is null, isTable = Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".tsv";
        (input, answer) = Guess(path, input, answer);
        if (Path.Exists(target))
        {
            throw new InputException($"{surroundings.Shown(target)} exists already; name another file with --to.");
        }

        if (string.IsNullOrWhiteSpace(input) || string.IsNullOrWhiteSpace(answer))
        {
            int column = Dataset.ColumnsOf(path).IndexOf(string.IsNullOrWhiteSpace(input) ? input : answer);
            throw new InputException(column switch
            {
                < 0 => "--input and --answer take the name of a column, and an empty text is none.",
                0 => $"{surroundings.Shown(path)}: the first column has no name; name it in the first line.",
                _ => string.Create(CultureInfo.InvariantCulture, $"{surroundings.Shown(path)}: column {column + 1} has no name; name it in the first line."),
            });
        }

        if (((string[])[input, answer]).FirstOrDefault(c => c is PromptTemplate.InstructionHole or PromptTemplate.DemonstrationsHole || c.AsSpan().ContainsAny("{}\n")) is { } taken)
        {
            throw new InputException($"{surroundings.Shown(path)}: a column called \"{PlainText.Printable(taken)}\" cannot stand in a template; rename it.");
        }

        Dataset rows = Dataset.FromFile(path, [input], answer, new() { SkipBadRows = skipBadRows });
        string[] labelsOf = [.. rows.Distinct.Select(i => i.Answer).Distinct(StringComparer.Ordinal)]; // of a text that stands under several answers the first counts
        SplitSizes sizes = SplitSizes.For(rows.Distinct.Length)
            ?? throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{surroundings.Shown(path)} has {rows.Distinct.Length:N0} different {PlainText.Plural(rows.Distinct.Length, "row")}; at least {SplitSizes.Floor} are needed. On fewer, a verdict could show nothing but a miracle: label some more first."));
        if (labelsOf.Length < 2 && rows.Labels.Length > 1)
        {
            throw new InputException($"{surroundings.Shown(path)}: every text stands under \"{labelsOf[0]}\" first, and again under another answer: only the first counts, so there is nothing to tell apart. Keep one row of each text.");
        }

        if (rows.Labels.Length < 2)
        {
            throw new InputException($"{surroundings.Shown(path)}: every row has the same answer, \"{rows.Labels[0]}\", so there is nothing to tell apart. Is \"{answer}\" the right column? --answer names another.");
        }

        bool isLabels = rows.Labels.Length <= MostLabels && rows.Labels.Length <= rows.Distinct.Length / 4;
        if (isLabels && rows.Labels.GroupBy(TextItem.Normalise, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } same)
        {
            throw new InputException(
                $"{surroundings.Shown(path)}: the labels {PlainText.Printable(string.Join(" and ", same.Select(l => $"\"{l}\"")))} differ in case, spaces or punctuation alone. Write them alike, or rename one of them.");
        }

        // A line of names has no sentence in it, and no name among the answers.
        if (isGuessed && isTable && input.Any(char.IsWhiteSpace) && rows.Labels.Any(l => TextItem.Normalise(l) == TextItem.Normalise(answer)))
        {
            throw new InputException($"{surroundings.Shown(path)}: \"{PlainText.Printable(answer)}\" is the name of the column of answers, and one of the answers: the first line seems to be a row, and no names. Write a line of names above it; or, if they are names, say --answer.");
        }

        string text = Text(rows, Path.GetRelativePath(Path.GetDirectoryName(target)!, path).Replace('\\', '/'), input, answer, sizes, isLabels, skipBadRows);
        StudyFileReader.Parse(Encoding.UTF8.GetBytes(text), to); // what is written can be read
        try
        {
            await File.WriteAllTextAsync(target, text).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException($"{surroundings.Shown(target)} cannot be written: {e.Message}", e);
        }

        foreach (string line in Remarks(rows, input, answer, sizes, isLabels))
        {
            await surroundings.Output.WriteLineAsync(PlainText.Printable(line)).ConfigureAwait(false);
        }

        await surroundings.Output.WriteLineAsync($"{surroundings.Shown(target)} is written. Say in it what your prompt says now (\"yours\"), then: {surroundings.CommandLine("run", to)}").ConfigureAwait(false);
        return App.Done;
    }

    private static IEnumerable<string> Remarks(Dataset rows, string input, string answer, SplitSizes sizes, bool isLabels)
    {
        string different = rows.Distinct.Length == rows.Items.Length ? "" : string.Create(CultureInfo.InvariantCulture, $", {rows.Distinct.Length:N0} of them different");
        yield return string.Create(CultureInfo.InvariantCulture, $"{rows.Name}: {rows.Items.Length:N0} {PlainText.Plural(rows.Items.Length, "row")}{different}; column \"{input}\" in, column \"{answer}\" out.");
        if (rows.Skipped.Length > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{rows.Skipped.Length:N0} bad {PlainText.Plural(rows.Skipped.Length, "row is", "rows are")} left out, the first of them: {rows.Skipped[0]}");
        }

        yield return isLabels
            ? $"Labels: {string.Join(", ", rows.Labels.Take(8).Select(l => string.Create(CultureInfo.InvariantCulture, $"{l} ({rows.Distinct.Count(i => i.Answer == l):N0})")))}{(rows.Labels.Length > 8 ? string.Create(CultureInfo.InvariantCulture, $" and {rows.Labels.Length - 8} more") : "")}."
            : string.Create(CultureInfo.InvariantCulture, $"{rows.Labels.Length:N0} different answers: they are taken as {(AreNumbers(rows) ? "numbers, right whatever their notation" : "free texts, right where they are equal but for case and punctuation")}.");
        if (isLabels && rows.Labels.SelectMany(_ => rows.Labels, (a, b) => (Short: a, Long: b)).FirstOrDefault(p => p.Long.Length > p.Short.Length && p.Long.StartsWith(p.Short, StringComparison.Ordinal) && !char.IsLetterOrDigit(p.Long[p.Short.Length])) is { Long: { } longer, Short: var shorter })
        {
            yield return $"The label \"{longer}\" begins with the label \"{shorter}\": by log-probability the shorter one may always win, and `run` refuses them then. Rename one of them.";
        }

        (string Label, int Rows) most = rows.Labels.Select(l => (l, rows.Distinct.Count(i => i.Answer == l))).MaxBy(l => l.Item2);
        if (isLabels && most.Rows >= 0.8 * rows.Distinct.Length)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{100.0 * most.Rows / rows.Distinct.Length:0} % of the rows are \"{most.Label}\": a prompt that always says so is right that often. Look at the balanced accuracy in the report, too.");
        }

        IGrouping<string, TextItem>[] contradictions = [.. rows.Items.GroupBy(i => i.Key, StringComparer.Ordinal).Where(g => g.Select(i => i.Answer).Distinct(StringComparer.Ordinal).Count() > 1)];
        if (contradictions is [var first, ..])
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{contradictions.Length:N0} {PlainText.Plural(contradictions.Length, "text stands", "texts stand")} under different answers, and {PlainText.Plural(contradictions.Length, "its", "their")} first one counts: {string.Join("; ", first.DistinctBy(i => i.Answer).Select(i => $"{i.Source}: \"{i.Answer}\""))}.");
        }

        string difference = sizes.Detectable() is { } least
            ? string.Create(CultureInfo.InvariantCulture, $"With {sizes.Test} test rows a true difference of {100 * least:0} points is seen four times in five, where two prompts disagree on a fifth of the rows.")
            : string.Create(CultureInfo.InvariantCulture, $"With {sizes.Test} test rows no difference can be seen for sure.");
        yield return string.Create(CultureInfo.InvariantCulture, $"Split: {sizes.Train} train, {sizes.Validation} validation, {sizes.Test} test. {difference}");
        if (sizes.Test < 100)
        {
            yield return "That is little: only a large difference will show. More labelled rows make a finer verdict.";
        }
    }

    /// <summary>The columns by their usual names; else the one with the longest texts, and the one with the fewest different ones.</summary>
    private static (string Input, string Answer) Guess(string path, string? input, string? answer)
    {
        if (input is not null && answer is not null)
        {
            return (input, answer);
        }

        ImmutableArray<string> columns = Dataset.ColumnsOf(path);
        string shown = string.Join(", ", columns.Select(c => $"\"{c}\""));
        if (columns.Length < 2)
        {
            throw new InputException($"{Path.GetFileName(path)} has {(columns.Length == 0 ? "no column" : $"one column, {shown}")}; a column of texts and a column of right answers are needed, with their names in the first line.");
        }

        foreach (string? named in (string?[])[input, answer])
        {
            if (named is not null && !columns.Contains(named, StringComparer.Ordinal))
            {
                throw new InputException($"{Path.GetFileName(path)} has no column \"{named}\"; its columns are: {shown}.{Nearest.Question(named, columns)}");
            }
        }

        answer ??= Usual(AnswerNames, input);
        input ??= Usual(InputNames, answer);
        if (answer is null)
        {
            string[] rest = [.. columns.Where(c => c != input)];
            answer = rest.Length == 1 ? rest[0] : rest.MinBy(c => Values(c).Distinct(StringComparer.Ordinal).Count())!;
        }

        input ??= columns.Where(c => c != answer).MaxBy(c => Values(c).Select(v => v.Length).DefaultIfEmpty().Average())!;
        return (input, answer);

        string? Usual(string[] names, string? other) =>
            names.Select(n => columns.FirstOrDefault(c => c != other && c.Equals(n, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(c => c is not null);

        // The column as answers of the first other one; bad rows do not matter for a guess.
        IReadOnlyList<string> Values(string column)
        {
            try
            {
                return [.. Dataset.FromFile(path, [columns.First(c => c != column)], column, new() { SkipBadRows = true }).Items.Select(i => i.Answer)];
            }
            catch (InputException)
            {
                return [];
            }
        }
    }

    private static string Text(Dataset rows, string file, string input, string answer, SplitSizes sizes, bool isLabels, bool skipBadRows)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        string noun = name.Length > 2 && name.EndsWith('s') && name.All(char.IsLetter) ? name.ToLowerInvariant() : "items";
        string template = $"{{instruction}}{{demonstrations}}{Capital(input)}: {{{input}}}\n{Capital(answer)}: {{{answer}}}";
        string instruction = isLabels && rows.Labels.Length <= 10
            ? $"Answer with one of: {string.Join(", ", rows.Labels)}."
            : isLabels ? $"Give the {answer}." : $"Give the {answer}, and nothing else.";
        int examples = Math.Clamp(sizes.Train / 4, 1, 8);
        string labels = isLabels && rows.Labels.Length <= 10
            ? $",\n      // Other words for your labels inside the prompt often help; the first is yours.\n      \"label\": {{ {string.Join(", ", rows.Labels.Select(l => $"{Json(l)}: [{Json(l)}]"))} }}"
            : "";
        return $$"""
            {
              "name": {{Json(name)}},
              "data": {
                "file": {{Json(file)}}, "input": {{Json(input)}}, "answer": {{Json(answer)}}, "noun": {{Json(noun)}},{{(skipBadRows ? " \"skipBadRows\": true," : "")}}
                "split": { "train": {{Number(sizes.Train)}}, "validation": {{Number(sizes.Validation)}}, "test": {{Number(sizes.Test)}}, "seed": 1 }
              },
              "prompt": {
                "template": {{Json(template)}},
                "yours": { "instruction": {{Json(instruction)}} },  // what has to be beaten
                "open": {
                  "instruction": {},  // yours or none; "options" adds others, and opro lets a model propose them
                  "demonstrations": { "upTo": {{Number(examples)}} }{{labels}}
                }
              },
              "model": "embedded",  // or { "baseUrl": "...", "name": "...", "keyFrom": "OPENAI_API_KEY" }, or { "file": "model.gguf" }
              {{(isLabels ? "" : $"\"scorer\": \"{(AreNumbers(rows) ? "number" : "normalised")}\",\n  ")}}"search": { "use": "few-shot-search", "candidates": 48 },
              "seed": 1
            }

            """.ReplaceLineEndings("\n");
    }

    private static bool AreNumbers(Dataset rows) => rows.Items.All(i => new NumberScorer().Flaw(i) is null);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Json(string text) => JsonSerializer.Serialize(text, Readable.String);

    private static readonly StoredTextJson Readable = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class StoredTextJson : System.Text.Json.Serialization.JsonSerializerContext;
