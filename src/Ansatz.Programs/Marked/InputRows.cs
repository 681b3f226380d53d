using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;

namespace Ansatz.Programs;

/// <summary>
/// Inputs that stand in a file instead of coming from methods marked <see cref="InputsAttribute"/>: CSV or TSV whose first line names the columns, JSON lines, or a JSON array of objects. A column goes
/// to the property of the scorer's input that has its name, upper and lower case alike; columns that it does not name are left alone.
/// </summary>
/// <remarks>Equal rows count once. Splits are drawn: the test rows depend on the seed alone, and more of them have the same ones among them.</remarks>
/// <param name="File">The file.</param>
/// <param name="Train">How many rows a search scores on.</param>
/// <param name="Validation">How many choose the winner.</param>
/// <param name="Test">How many are the judge's.</param>
public sealed record InputRows(string File, int Train, int Validation, int Test)
{
    private static JsonSerializerOptions? s_json;

    private static JsonSerializerOptions Json
    {
        [RequiresUnreferencedCode("Rows are made by reflection.")]
        [RequiresDynamicCode("Rows are made by reflection.")]
        get => s_json ??= new()
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            IncludeFields = true,
            PropertyNameCaseInsensitive = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            NumberHandling = JsonNumberHandling.AllowReadingFromString,
            Converters = { new JsonStringEnumConverter() },
        };
    }

    /// <summary>From what splits are drawn. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How many sets of train and validation rows are drawn that share none, all with the same test rows. Default 1.</summary>
    public int Sets { get; init; } = 1;

    /// <summary>Which of them is taken, from 1. Default 1.</summary>
    public int Set { get; init; } = 1;

    /// <summary>Whether rows that do not fit are left out, instead of stopping at the first. Default no.</summary>
    public bool SkipBadRows { get; init; }

    /// <summary>Reads and splits them.</summary>
    /// <typeparam name="TInput">What the scorer takes.</typeparam>
    /// <param name="parameter">The scorer's own parameter: a tuple has its names there.</param>
    /// <param name="text">An input as text.</param>
    /// <exception cref="InputException">The file cannot be read, a row does not fit, or there are too few.</exception>
    [RequiresUnreferencedCode("Rows are made by reflection.")]
    [RequiresDynamicCode("Rows are made by reflection.")]
    internal Inputs<TInput> Read<TInput>(ParameterInfo parameter, Func<TInput, string> text)
    {
        if (Set < 1 || Set > Sets)
        {
            throw new InputException(string.Create(CultureInfo.InvariantCulture, $"There is no set {Set} of {Sets}: they count from 1."));
        }

        TInput[] rows = [.. Rows<TInput>(parameter).DistinctBy(text)];
        long needed = Test + (Sets * ((long)Train + Validation));
        if (Train < 1 || Validation < 1 || Test < 1 || needed > rows.Length)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(File)} has {rows.Length:N0} different rows; {Train:N0} for train, {Validation:N0} for validation{(Sets > 1 ? $", {Sets:N0} times," : "")} and {Test:N0} for test are {needed:N0}. Each needs one at least."));
        }

        new Rng(Seed, "rows").Shuffle<TInput>(rows);
        ReadOnlySpan<TInput> set = rows.AsSpan(Test + ((Set - 1) * (Train + Validation)));
        return new(set[..Train].ToArray(), set.Slice(Train, Validation).ToArray(), rows[..Test], text);
    }

    [RequiresUnreferencedCode("Rows are made by reflection.")]
    [RequiresDynamicCode("Rows are made by reflection.")]
    private IEnumerable<TInput> Rows<TInput>(ParameterInfo parameter)
    {
        // What a row has to have: name in the file, what the serializer calls it.
        ImmutableArray<JsonPropertyInfo> properties = [.. Json.GetTypeInfo(typeof(TInput)).Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null)];
        bool isTuple = typeof(ITuple).IsAssignableFrom(typeof(TInput)) && typeof(TInput).IsValueType;
        ImmutableArray<string?> names = isTuple ? parameter.GetCustomAttribute<TupleElementNamesAttribute>()?.TransformNames.ToImmutableArray() ?? [] : [];
        ImmutableArray<(string Name, JsonPropertyInfo Property)> wanted = [.. properties.Select((p, i) => (i < names.Length ? names[i] ?? p.Name : p.Name, p))];
        if (wanted.IsEmpty || typeof(TInput) == typeof(string) || (isTuple && wanted.Length > 7))
        {
            throw new InputException($"{parameter.Member.DeclaringType?.Name}.{parameter.Member.Name} takes {(isTuple ? "a tuple of more than 7" : $"a {typeof(TInput).Name}")}, which no row of a file can become: let it take a record with a property for each column.");
        }

        foreach ((string place, JsonObject row) in Path.GetExtension(File).ToUpperInvariant() is ".JSON" or ".JSONL" or ".NDJSON" ? JsonRows() : CsvRows([.. wanted.Select(w => w.Name)]))
        {
            TInput made;
            try
            {
                made = Row<TInput>(place, row, wanted, isTuple ? "the input" : typeof(TInput).Name);
            }
            catch (InputException) when (SkipBadRows)
            {
                continue;
            }

            yield return made;
        }
    }

    [RequiresUnreferencedCode("Rows are made by reflection.")]
    [RequiresDynamicCode("Rows are made by reflection.")]
    private static TInput Row<TInput>(string place, JsonObject row, ImmutableArray<(string Name, JsonPropertyInfo Property)> wanted, string input)
    {
        try
        {
            JsonObject made = [];
            foreach ((string name, JsonPropertyInfo property) in wanted)
            {
                string column = Column(name, [.. row.Select(c => c.Key)], place, input);
                JsonNode? value = row[column];
                made[property.Name] = value is null && (property.IsSetNullable || property.AssociatedParameter?.IsNullable == true) && !(property.PropertyType.IsValueType && Nullable.GetUnderlyingType(property.PropertyType) is null) ? null
                    : Fitting(value, property.PropertyType) ?? throw new InputException($"{place}: {Shown(value)} of \"{column}\" is no {Plain(property.PropertyType)}.");
            }

            return made.Deserialize<TInput>(Json)!;
        }
        catch (Exception e) when (e is not (InputException or OutOfMemoryException or OperationCanceledException))
        {
            throw new InputException($"{place}: {input} cannot be made of this row: {e.Message}", e); // a constructor of the user's that refuses it, a type that JSON does not know
        }
    }

    // The column of this name, or else of this name in other cases.
    private static string Column(string name, IReadOnlyList<string> columns, string place, string input) =>
        columns.FirstOrDefault(c => c == name) ?? columns.FirstOrDefault(c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new InputException($"{place}: there is no \"{name}\", which {input} has; there are: {string.Join(", ", columns)}. A property of another name is marked [JsonPropertyName(\"the column\")].{Nearest.Question(name, columns)}");

    // A value that can become this type; none where it cannot.
    [RequiresUnreferencedCode("Rows are made by reflection.")]
    [RequiresDynamicCode("Rows are made by reflection.")]
    private static JsonNode? Fitting(JsonNode? value, Type type)
    {
        string? cell = value is JsonValue text && text.TryGetValue(out string? its) ? its.Trim() : null;
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        JsonNode? fitting = plain == typeof(bool) && cell?.ToUpperInvariant() is { } word
            ? word switch { "TRUE" or "YES" or "1" => true, "FALSE" or "NO" or "0" => false, _ => value?.DeepClone() }
            : cell is not null && plain != typeof(string) ? cell : value?.DeepClone();
        try
        {
            return fitting.Deserialize(type, Json) is null or double.NaN or double.PositiveInfinity or double.NegativeInfinity ? null : fitting;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private IEnumerable<(string Place, JsonObject Row)> CsvRows(ImmutableArray<string> wanted)
    {
        // Only the columns that are asked for: others may be empty.
        ImmutableArray<string> all = Dataset.ColumnsOf(File), columns = [.. wanted.Select(w => Column(w, all, File, "the input"))];
        Dataset data = columns.Length > 1
            ? Dataset.FromFile(File, columns[..^1], columns[^1], new() { SkipBadRows = SkipBadRows })
            : throw new InputException($"Of {Path.GetFileName(File)} only the column \"{columns[0]}\" is asked for; an input needs two at least, something to go by and something to hit.");
        return data.Items.Select(item => (item.Source, new JsonObject([.. columns[..^1].Select(c => KeyValuePair.Create(c, (JsonNode?)item.Fields[c])), KeyValuePair.Create(columns[^1], (JsonNode?)item.Answer)])));
    }

    private IEnumerable<(string Place, JsonObject Row)> JsonRows()
    {
        string text = TextOf();
        if (text.AsSpan().TrimStart().StartsWith("["))
        {
            JsonArray rows = (JsonArray)Parse(File, text)!;
            return rows.Select((r, i) => (string.Create(CultureInfo.InvariantCulture, $"{File}, row {i + 1}"), r as JsonObject ?? throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{File}, row {i + 1} is no JSON object."))));
        }

        return text.Split('\n').Select((line, i) => (Line: line, Place: string.Create(CultureInfo.InvariantCulture, $"{File}({i + 1})")))
            .Where(l => !string.IsNullOrWhiteSpace(l.Line))
            .Select(l => (l.Place, Parse(l.Place, l.Line) as JsonObject ?? throw new InputException($"{l.Place}: the line is no JSON object.")));

        static JsonNode? Parse(string place, string json)
        {
            try
            {
                return JsonNode.Parse(json);
            }
            catch (JsonException e)
            {
                throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{place}: not valid JSON from character {e.BytePositionInLine + 1} of line {e.LineNumber + 1} on. A file has an object a line, or one list of objects."), e);
            }
        }
    }

    private string TextOf()
    {
        try
        {
            return System.IO.File.ReadAllText(File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{File} cannot be read: {e.Message}", e);
        }
    }

    private static string Shown(JsonNode? value) => value?.ToJsonString() is { } text ? text.Length <= 60 ? text : text[..57] + "..." : "nothing";

    private static string Plain(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? Plain(inner) : type.IsEnum ? $"{type.Name} ({string.Join(", ", Enum.GetNames(type))})" : type.Name;
}
