using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using nietras.SeparatedValues;

namespace Ansatz.Language;

/// <summary>Labelled texts: rows of named text columns, of which one or more are the input and one is the answer.</summary>
/// <remarks>Immutable. Texts and answers are trimmed. Whatever is wrong with a file is an <see cref="InputException"/> that begins with file and line.</remarks>
public sealed class Dataset
{
    private const char LiteralQuote = '\uFFFE'; // no character of any text

    private Dataset(string name, ImmutableArray<string> inputs, string answer, ImmutableArray<TextItem> items, ImmutableArray<string> skipped)
    {
        Name = name;
        Inputs = inputs;
        Answer = answer;
        Items = items;
        Skipped = skipped;
        Labels = [.. items.Select(i => i.Answer).Distinct(StringComparer.Ordinal)];

        HashSet<string> seen = new(StringComparer.Ordinal);
        Distinct = [.. items.Where(i => seen.Add(i.Key))];
    }

    /// <summary>The file's path as messages show it.</summary>
    public string Name { get; }

    /// <summary>Names of the input columns: the fields of every item.</summary>
    public ImmutableArray<string> Inputs { get; }

    /// <summary>Name of the answer column.</summary>
    public string Answer { get; }

    /// <summary>All rows in order.</summary>
    public ImmutableArray<TextItem> Items { get; }

    /// <summary>The rows whose normalised text does not stand in an earlier row: what splits are made of.</summary>
    public ImmutableArray<TextItem> Distinct { get; }

    /// <summary>The different answers, in order of first appearance.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>What was wrong with each row that was left out; empty unless <see cref="DatasetOptions.SkipBadRows"/>.</summary>
    public ImmutableArray<string> Skipped { get; }

    /// <summary>Reads rows of columns between commas, semicolons, tabs or bars; encoding and delimiter are found out.</summary>
    /// <exception cref="InputException">The file is missing, a column is, or a row is bad.</exception>
    public static Dataset FromCsv(string path, string input, string answer, DatasetOptions? options = null) =>
        FromCsv(path, [input], answer, options);

    /// <inheritdoc cref="FromCsv(string, string, string, DatasetOptions?)" />
    public static Dataset FromCsv(string path, ImmutableArray<string> inputs, string answer, DatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ParseCsv(TextFile.Read(path), TextFile.DisplayName(path), inputs, answer, options ?? new());
    }

    /// <summary>Reads one JSON object a line. Strings, numbers and truth values may be inputs and answers.</summary>
    /// <exception cref="InputException">The file is missing, or a line is bad.</exception>
    public static Dataset FromJsonLines(string path, string input, string answer, DatasetOptions? options = null) =>
        FromJsonLines(path, [input], answer, options);

    /// <inheritdoc cref="FromJsonLines(string, string, string, DatasetOptions?)" />
    public static Dataset FromJsonLines(string path, ImmutableArray<string> inputs, string answer, DatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ParseJsonLines(TextFile.Read(path), TextFile.DisplayName(path), inputs, answer, options ?? new());
    }

    /// <summary>Reads a file by the ending of its name: <c>.jsonl</c>, <c>.ndjson</c> and <c>.json</c> as JSON lines, anything else as CSV.</summary>
    /// <exception cref="InputException">The file is missing, or a row is bad.</exception>
    public static Dataset FromFile(string path, ImmutableArray<string> inputs, string answer, DatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return IsJsonLines(path)
            ? FromJsonLines(path, inputs, answer, options)
            : FromCsv(path, inputs, answer, options);
    }

    /// <summary>The names of a file's columns: of its first line, or of the first object where it holds JSON lines.</summary>
    /// <exception cref="InputException">The file is missing or holds nothing, or its first line cannot be read.</exception>
    public static ImmutableArray<string> ColumnsOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string name = TextFile.DisplayName(path), text = TextFile.Read(path);
        if (IsJsonLines(path))
        {
            string first = text.Split('\n').FirstOrDefault(l => !string.IsNullOrWhiteSpace(l), "");
            try
            {
                using JsonDocument document = JsonDocument.Parse(first);
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                {
                    return [.. document.RootElement.EnumerateObject().Select(p => p.Name)];
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw new InputException($"{name}: its first line is not a JSON object.", e);
            }

            throw new InputException($"{name}: its first line is not a JSON object.");
        }

        string header = text.Split('\n').FirstOrDefault(l => !string.IsNullOrWhiteSpace(l), "");
        try
        {
            using SepReader reader = new Sep(FindDelimiter(header, [], new())).Reader(o => o with { HasHeader = false, DisableColCountCheck = true, Unescape = false }).FromText(header);
            foreach (SepReader.Row row in reader)
            {
                string[] columns = new string[row.ColCount];
                for (int c = 0; c < columns.Length; c++)
                {
                    columns[c] = (Unquote(row[c].Span) ?? row[c].ToString()).Trim();
                }

                return [.. columns];
            }
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            throw new InputException($"{name}: its first line cannot be read as names of columns.", e);
        }

        throw new InputException($"{name} holds nothing; its first line must name the columns.");
    }

    /// <summary>A data set of pairs made in code; the input is called "text".</summary>
    /// <exception cref="InputException">A row is bad, or there is none.</exception>
    public static Dataset FromRows(IEnumerable<(string Text, string Answer)> rows, string name = "rows")
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowReader reader = new(name, ["text"], "answer", new());
        int line = 0;
        foreach ((string text, string answer) in rows)
        {
            reader.Add(++line, [text], answer);
        }

        return reader.ToDataset();
    }

    /// <summary>The rows of several data sets with the same columns, one after the other.</summary>
    /// <exception cref="InputException">Their input columns differ.</exception>
    public static Dataset Concat(params ImmutableArray<Dataset> parts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Length);
        foreach (Dataset part in parts)
        {
            DataSplits.RequireSameInputs(parts[0], part);
        }

        return new(
            string.Join(" + ", parts.Select(p => p.Name)), parts[0].Inputs, parts[0].Answer, [.. parts.SelectMany(p => p.Items)], [.. parts.SelectMany(p => p.Skipped)]);
    }

    /// <summary>The rows that a condition holds for: six of 77 intents, say.</summary>
    /// <exception cref="InputException">It holds for none.</exception>
    public Dataset Where(Func<TextItem, bool> condition)
    {
        ImmutableArray<TextItem> items = [.. Items.Where(condition)];
        return items.IsEmpty ? throw new InputException($"{Name}: no row is left.") : new(Name, Inputs, Answer, items, Skipped);
    }

    /// <summary>Draws three disjoint lists of items, stratified by answer. See <see cref="DataSplits"/>.</summary>
    /// <exception cref="InputException">There are not enough rows, or a split would be empty.</exception>
    public DataSplits Split(int train, int validation, int test, long seed) =>
        DisjointSplits(test, sets: 1, train, validation, seed)[0];

    /// <summary>Draws train and validation items from this data set and takes all rows of another, each text once, as test items. Rows whose text stands in the other are not drawn.</summary>
    /// <exception cref="InputException">There are not enough rows, or a split would be empty.</exception>
    public DataSplits Split(int train, int validation, Dataset test, long seed)
    {
        ArgumentNullException.ThrowIfNull(test);
        return SplitDrawer.WithTest(this, test, train, validation, seed);
    }

    /// <summary>Draws one test set and, from the rest, pairs of train and validation sets that share no item: for experiments over seeds.</summary>
    /// <returns>One <see cref="DataSplits"/> a set, all with the same test items. The first is what <see cref="Split(int, int, int, long)"/> gives.</returns>
    /// <exception cref="InputException">There are not enough rows, or a split would be empty.</exception>
    public ImmutableArray<DataSplits> DisjointSplits(int test, int sets, int train, int validation, long seed) =>
        SplitDrawer.Disjoint(this, test, sets, train, validation, seed);

    private static bool IsJsonLines(string path) => Path.GetExtension(path).ToUpperInvariant() is ".JSONL" or ".NDJSON" or ".JSON";

    internal static Dataset ParseCsv(string text, string name, ImmutableArray<string> inputs, string answer, DatasetOptions options)
    {
        RowReader rows = new(name, inputs, answer, options);
        char delimiter = options.Delimiter ?? FindDelimiter(text, [.. inputs, answer], options);
        if (delimiter is '"' or '\r' or '\n' or > '~' or (< ' ' and not '\t'))
        {
            throw new InputException($"{name}: \"{delimiter}\" cannot be a delimiter; use a comma, a semicolon, a tab or a bar.");
        }

        ImmutableArray<string> columns = options.Columns;
        int[] inputColumns = [];
        int answerColumn = -1;
        if (!columns.IsEmpty)
        {
            FindColumns(line: null);
        }

        int line = 1, next = 1;
        try
        {
            // Sep finds rows and columns; quotes are removed here, so that a broken one can be told with its line.
            using SepReader reader = new Sep(delimiter).Reader(o => o with
            {
                HasHeader = false,
                DisableColCountCheck = true,
                DisableQuotesParsing = !options.Quotes,
                Unescape = false,
            }).FromText(options.Quotes ? HideLiteralQuotes(text, delimiter) : text);
            foreach (SepReader.Row row in reader)
            {
                (line, next) = (next, row.LineNumberToExcl); // LineNumberFrom is 2 for the first row when there is no header
                if (row.Span.IsWhiteSpace())
                {
                    continue;
                }

                string?[] cells = new string?[row.ColCount];
                for (int c = 0; c < cells.Length; c++)
                {
                    cells[c] = options.Quotes ? Unquote(row[c].Span)?.Replace(LiteralQuote, '"') : row[c].Span.ToString();
                }

                if (Array.IndexOf(cells, null) is >= 0 and int broken)
                {
                    if (columns.IsEmpty)
                    {
                        throw new InputException($"{name}({line}): {BrokenQuote(broken)}");
                    }

                    rows.Bad(line, BrokenQuote(broken));
                }
                else if (columns.IsEmpty)
                {
                    columns = [.. cells.Select(c => c!.Trim())];
                    FindColumns(line);
                }
                else if (cells.Length != columns.Length)
                {
                    rows.Bad(line, string.Create(
                        CultureInfo.InvariantCulture,
                        $"the row has {cells.Length} columns where {columns.Length} are named.{(cells.Length > columns.Length && options.Quotes ? $" A text that holds the delimiter {Shown(delimiter)} must stand in double quotes." : "")}"));
                }
                else
                {
                    rows.Add(line, [.. inputColumns.Select(c => cells[c]!)], cells[answerColumn]!);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            throw new InputException($"{name}({line}): the rows after this line cannot be told apart; probably a double quote is never closed.", e);
        }

        return rows.ToDataset();

        void FindColumns(int? line)
        {
            string place = line is { } number ? $"{name}({number.ToString(CultureInfo.InvariantCulture)})" : name;
            if (columns.Distinct(StringComparer.Ordinal).Count() < columns.Length)
            {
                string twice = columns.GroupBy(c => c, StringComparer.Ordinal).First(g => g.Count() > 1).Key;
                throw new InputException($"{place}: two columns are called \"{twice}\"; rename one.");
            }

            inputColumns = [.. inputs.Select(Find)];
            answerColumn = Find(answer);

            int Find(string column) => columns.IndexOf(column) is >= 0 and int index
                ? index
                : throw new InputException(
                    $"{place}: there is no column \"{column}\"; the columns are: {string.Join(", ", columns)}.{Nearest.Question(column, columns)}");
        }

        static string BrokenQuote(int column) => string.Create(
            CultureInfo.InvariantCulture, $"a double quote in column {column + 1} is not closed, or text follows it. Inside quotes a double quote is written twice.");

        static string Shown(char delimiter) => delimiter == '\t' ? "tab" : $"\"{delimiter}\"";
    }

    internal static Dataset ParseJsonLines(string text, string name, ImmutableArray<string> inputs, string answer, DatasetOptions options)
    {
        RowReader rows = new(name, inputs, answer, options);
        int line = 0;
        using StringReader lines = new(text);
        while (lines.ReadLine() is { } json)
        {
            line++;
            if (string.IsNullOrWhiteSpace(json))
            {
                continue;
            }

            try
            {
                using JsonDocument document = JsonDocument.Parse(json);
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                {
                    rows.Bad(line, "the line is not a JSON object.");
                    continue;
                }

                string? missing = inputs.Append(answer).FirstOrDefault(f => Value(document.RootElement, f) is null);
                if (missing is null)
                {
                    rows.Add(line, [.. inputs.Select(f => Value(document.RootElement, f)!)], Value(document.RootElement, answer)!);
                }
                else
                {
                    string[] names = [.. document.RootElement.EnumerateObject().Select(p => p.Name)];
                    rows.Bad(line, names.Contains(missing, StringComparer.Ordinal)
                        ? $"the field \"{missing}\" is neither a text nor a number nor a truth value."
                        : $"there is no field \"{missing}\"; the fields are: {string.Join(", ", names)}.{Nearest.Question(missing, names)}");
                }
            }
            catch (JsonException e)
            {
                rows.Bad(line, string.Create(CultureInfo.InvariantCulture, $"the line is not valid JSON from character {e.BytePositionInLine + 1} on."));
            }
            catch (InvalidOperationException)
            {
                rows.Bad(line, "the line holds half of a surrogate pair, which is no text."); // thrown on reading such a string
            }
        }

        return rows.ToDataset();

        static string? Value(JsonElement row, string field) => row.TryGetProperty(field, out JsonElement value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            }
            : null;
    }

    // The delimiter under which the first line names all columns that are asked for; else the one that occurs most often there.
    private static char FindDelimiter(string text, ImmutableArray<string> wanted, DatasetOptions options)
    {
        ReadOnlySpan<char> start = text.AsSpan().TrimStart("\r\n");
        string first = start[..(start.IndexOfAny('\r', '\n') is >= 0 and int end ? end : start.Length)].ToString();
        char[] all = ['\t', ';', ',', '|'];
        if (options.Columns.IsEmpty && !wanted.IsEmpty)
        {
            foreach (char delimiter in all)
            {
                string[] names = [.. first.Split(delimiter).Select(n => (Unquote(n) ?? n).Trim())];
                if (wanted.All(w => names.Contains(w, StringComparer.Ordinal)))
                {
                    return delimiter;
                }
            }
        }

        char most = all.MaxBy(d => first.Count(c => c == d));
        return first.Contains(most, StringComparison.Ordinal) ? most : ',';
    }

    // A double quote inside a text that does not begin with one is a character like any other (5" pipe). Sep would take it for the beginning of a quoted text, which swallows the rows up to the next one.
    private static string HideLiteralQuotes(string text, char delimiter) => !text.Contains('"', StringComparison.Ordinal) ? text : string.Create(text.Length, (text, delimiter), static (hidden, from) =>
    {
        bool isStart = true, isQuoted = false, wasQuoted = false;
        for (int i = 0; i < hidden.Length; i++)
        {
            char c = hidden[i] = from.text[i];
            if (isQuoted)
            {
                (isQuoted, wasQuoted) = (c != '"', true); // "" ends it and begins it again
            }
            else if (c == from.delimiter || c is '\r' or '\n')
            {
                (isStart, wasQuoted) = (true, false);
            }
            else if (c == '"')
            {
                isQuoted = isStart || wasQuoted;
                hidden[i] = isQuoted ? c : LiteralQuote;
                isStart = false;
            }
            else
            {
                isStart &= char.IsWhiteSpace(c);
            }
        }
    });

    // The text inside quotes, with "" read as "; none where the quotes are broken.
    private static string? Unquote(ReadOnlySpan<char> cell)
    {
        ReadOnlySpan<char> trimmed = cell.Trim();
        if (!trimmed.StartsWith('"'))
        {
            return cell.ToString();
        }

        StringBuilder text = new(trimmed.Length);
        for (int i = 1; i < trimmed.Length; i++)
        {
            if (trimmed[i] != '"')
            {
                text.Append(trimmed[i]);
            }
            else if (i + 1 < trimmed.Length && trimmed[i + 1] == '"')
            {
                text.Append('"');
                i++;
            }
            else
            {
                return i == trimmed.Length - 1 ? text.ToString() : null;
            }
        }

        return null;
    }

    // The same rows with other fields made of theirs.
    internal Dataset WithFields(ImmutableArray<string> inputs, Func<TextItem, IEnumerable<KeyValuePair<string, string>>> fields) =>
        new(Name, inputs, Answer, [.. Items.Select(i => new TextItem(fields(i), i.Answer, i.Source))], Skipped);

    /// <summary>Takes rows one by one and refuses, or leaves out, the bad ones.</summary>
    internal sealed class RowReader(string name, ImmutableArray<string> inputs, string answer, DatasetOptions options)
    {
        private readonly ImmutableArray<TextItem>.Builder _items = ImmutableArray.CreateBuilder<TextItem>();
        private readonly ImmutableArray<string>.Builder _skipped = ImmutableArray.CreateBuilder<string>();
        private readonly ImmutableArray<string> _inputs = Checked(inputs, answer);

        /// <param name="line">Where the row begins, from 1.</param>
        /// <param name="texts">Its inputs, in their order.</param>
        /// <param name="label">Its answer.</param>
        /// <param name="within">Which row of the line, where one line holds them all: "example 164".</param>
        public void Add(int line, ReadOnlySpan<string> texts, string label, string within = "")
        {
            label = label.Trim();
            Dictionary<string, string> fields = new(StringComparer.Ordinal);
            for (int i = 0; i < texts.Length; i++)
            {
                fields[_inputs[i]] = texts[i].Trim();
            }

            TextItem item = new(fields, label, Place(line, within));
            if (fields.FirstOrDefault(f => f.Value.Length == 0) is { Key: { } empty })
            {
                Bad(line, $"the column \"{empty}\" is empty.", within);
            }
            else if (label.Length == 0)
            {
                Bad(line, $"the column \"{answer}\" is empty.", within);
            }
            else if (!options.Labels.IsEmpty && !options.Labels.Contains(label, StringComparer.Ordinal))
            {
                Bad(line, $"the label \"{Short(label)}\" is not one of: {string.Join(", ", options.Labels)}.{Nearest.Question(label, options.Labels)}", within);
            }
            else if (options.Flaw?.Invoke(item) is { Length: > 0 } flaw)
            {
                Bad(line, char.ToLowerInvariant(flaw[0]) + flaw[1..], within);
            }
            else
            {
                _items.Add(item);
            }
        }

        public void Bad(int line, string what, string within = "")
        {
            string message = $"{Place(line, within)}: {what}";
            if (!options.SkipBadRows)
            {
                throw new InputException(message + " --skip-bad-rows leaves such rows out.");
            }

            _skipped.Add(message);
        }

        public Dataset ToDataset() => _items.Count > 0
            ? new(name, _inputs, answer, _items.DrainToImmutable(), _skipped.DrainToImmutable())
            : throw new InputException(_skipped.Count > 0
                ? $"{name}: every row is bad. The first: {_skipped[0]}"
                : $"{name} holds no rows of data.");

        private string Place(int line, string within) => $"{name}({line.ToString(CultureInfo.InvariantCulture)}){(within.Length > 0 ? ": " + within : "")}";

        private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";

        private static ImmutableArray<string> Checked(ImmutableArray<string> inputs, string answer)
        {
            ArgumentNullException.ThrowIfNull(answer);
            if (inputs.IsDefaultOrEmpty)
            {
                throw new InputException("No input column is named; at least one is needed.");
            }

            return inputs.Contains(answer, StringComparer.Ordinal)
                ? throw new InputException($"The column \"{answer}\" is named as input and as answer: the prompt would show the answer.")
                : inputs;
        }
    }
}
