using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Language;

namespace Ansatz.Cli.StudyFiles;

/// <summary>Reads a study file and checks it against the types of <see cref="StudyFile"/>: what is wrong is said with file, line, column, field and what would be right.</summary>
internal static class StudyFileReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shown">The path as messages show it.</param>
    /// <exception cref="InputException">The file is missing, no JSON, or has a field that is wrong.</exception>
    public static ReadStudyFile Read(string path, string shown) => Parse(Bytes(path, shown, "study", " The command `new` writes one of your rows, or of your program."), shown);

    /// <summary>Reads the file of a series.</summary>
    /// <inheritdoc cref="Read" />
    public static (SeriesFile File, JsonText Text) ReadSeries(string path, string shown) => Parse(Bytes(path, shown, "series", ""), shown, StudyFileJson.Default.SeriesFile);

    /// <summary>Reads a model that stands on the command line as a study file would have it.</summary>
    /// <param name="json">The model, an object.</param>
    /// <param name="shown">The option, as messages show it.</param>
    public static ModelFile ReadModel(string json, string shown) => Parse(Encoding.UTF8.GetBytes(json), shown, StudyFileJson.Default.ModelFile).File;

    private static byte[] Bytes(string path, string shown, string kind, string advice)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"The {kind} file {shown} does not exist.{advice}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Directory.Exists(path)
                ? new InputException($"{shown} is a folder; name the {kind} file in it.", e)
                : new FaultException($"The {kind} file {shown} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a study file's bytes.</summary>
    public static ReadStudyFile Parse(byte[] utf8, string shown)
    {
        (StudyFile file, JsonText text) = Parse(utf8, shown, StudyFileJson.Default.StudyFile);
        ReadStudyFile read = new(file, text, shown);
        StudyFileKinds.Check(read);
        return read;
    }

    private static (T File, JsonText Text) Parse<T>(byte[] utf8, string shown, JsonTypeInfo<T> type)
    {
        JsonText text;
        try
        {
            text = JsonText.Parse(utf8);
        }
        catch (JsonTextException e)
        {
            bool isTable = Path.GetExtension(shown).ToLowerInvariant() is ".csv" or ".tsv" or ".jsonl";
            throw isTable ? new InputException($"{shown} is no study file but a table. If it holds your data, `ansatz new {shown}` writes a study of them.") : At(shown, e.Line, e.Column, e.Message);
        }

        Check(text, typeof(T), null, shown);
        try
        {
            return (JsonSerializer.Deserialize(utf8.AsSpan().TrimStart("\uFEFF"u8), type)!, text);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"The checks let a file through that its reader refuses: {e.Message}", e);
        }
    }

    /// <summary>A sentence about a place of the file, in the form that editors turn into a link.</summary>
    public static InputException At(string shown, int line, int column, string message) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{shown}({line},{column}): {message}"));

    private static void Check(JsonText value, Type type, ICustomAttributeProvider? attributes, string shown)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(ModelFile) && value.Kind == JsonValueKind.String)
        {
            Require(value.Text == ModelFile.Embedded, "\"embedded\", or an object with \"file\" (a GGUF file) or \"baseUrl\" (an endpoint)", Nearest.Question(value.Text, [ModelFile.Embedded]));
        }
        else if (plain == typeof(ScorerFile) && value.Kind != JsonValueKind.Object)
        {
            string[] names = [.. Enum.GetNames<ScorerKind>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];
            Require(
                value.Kind == JsonValueKind.String && names.Contains(value.Text, StringComparer.Ordinal),
                $"one of: {string.Join(", ", names)}; or an object with \"use\" and its settings",
                value.Kind == JsonValueKind.String ? Nearest.Question(value.Text, names) : "");
        }
        else if (plain == typeof(OneOrMany))
        {
            Require(value.Kind is JsonValueKind.String or JsonValueKind.Array, "a text, or a list of texts");
            Require(value.Kind == JsonValueKind.String || value.Elements.Count > 0, "a text, or a list of at least one");
            value.Elements.ForEach(e => Check(e, typeof(string), null, shown));
        }
        else if (plain == typeof(string))
        {
            Require(value.Kind == JsonValueKind.String, "a text in double quotes");
        }
        else if (plain == typeof(bool))
        {
            Require(value.Kind is JsonValueKind.True or JsonValueKind.False, "true or false");
        }
        else if (plain == typeof(int) || plain == typeof(long) || plain == typeof(decimal))
        {
            CheckNumber(isWhole: plain != typeof(decimal));
        }
        else if (plain.IsEnum)
        {
            string[] names = [.. Enum.GetNames(plain).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];
            Require(
                value.Kind == JsonValueKind.String && names.Contains(value.Text, StringComparer.Ordinal),
                $"one of: {string.Join(", ", names)}",
                value.Kind == JsonValueKind.String ? Nearest.Question(value.Text, names) : "");
        }
        else if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(List<>))
        {
            Require(value.Kind == JsonValueKind.Array, "a list");
            value.Elements.ForEach(e => Check(e, plain.GenericTypeArguments[0], null, shown));
        }
        else if (plain.IsGenericType)
        {
            Require(value.Kind == JsonValueKind.Object, "an object");
            value.Members.ForEach(m => Check(m.Value, plain.GenericTypeArguments[1], null, shown));
        }
        else
        {
            Require(value.Kind == JsonValueKind.Object, "an object");
            CheckMembers(value, StudyFileJson.Default.GetTypeInfo(plain)!, shown);
        }

        void CheckNumber(bool isWhole)
        {
            (decimal least, decimal most) = attributes?.GetCustomAttributes(typeof(RangeAttribute), false).FirstOrDefault() is RangeAttribute range
                ? (Convert.ToDecimal(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDecimal(range.Maximum, CultureInfo.InvariantCulture))
                : (decimal.MinValue, decimal.MaxValue);
            string kind = isWhole ? "a whole number" : "a number";
            NumberStyles styles = isWhole ? NumberStyles.AllowLeadingSign : NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            bool isNumber = decimal.TryParse(value.Raw, styles, CultureInfo.InvariantCulture, out decimal number) && (!isWhole || long.TryParse(value.Raw, styles, CultureInfo.InvariantCulture, out long _));
            Require(value.Kind == JsonValueKind.Number && isNumber, kind);
            Require(
                number >= least && number <= most,
                string.Create(CultureInfo.InvariantCulture, $"{kind} {(number < least ? $"of at least {least:#,0.######}" : $"of at most {most:#,0.######}")}"));
        }

        void Require(bool isRight, string must, string hint = "")
        {
            if (!isRight)
            {
                string example = attributes?.GetCustomAttributes(typeof(ExampleAttribute), false).FirstOrDefault() is ExampleAttribute { Json: { } json } ? $", such as {json}" : "";
                string what = value.Path.Length == 0 ? type == typeof(ModelFile) ? "the model" : "the file" : value.Path;
                throw At(shown, value.Line, value.Column, $"{what} is {Shown(value)}; it must be {must}{(must.Contains("one of", StringComparison.Ordinal) || must.StartsWith('"') ? "" : example)}.{hint}");
            }
        }
    }

    private static void CheckMembers(JsonText value, JsonTypeInfo type, string shown)
    {
        JsonPropertyInfo[] fields = [.. type.Properties.Where(p => p.Set is not null)]; // the others are computed, and stand in no file
        string[] names = [.. fields.Select(p => p.Name)];
        foreach (JsonMember member in value.Members)
        {
            string inside = value.Path.Length > 0 ? $"\"{value.Path}\"" : type.Type == typeof(SeriesFile) ? "a series file" : type.Type == typeof(ModelFile) ? "a model" : "a study file";
            JsonPropertyInfo property = fields.FirstOrDefault(p => p.Name == member.Name)
                ?? throw At(shown, member.Line, member.Column, $"{inside} has no field \"{Printable(member.Name)}\"; its fields are: {string.Join(", ", names.Where(n => n[0] != '$'))}.{Nearest.Question(member.Name, names)}");
            Check(member.Value, property.PropertyType, property.AttributeProvider, shown);
        }

        if (type.Properties.FirstOrDefault(p => p.IsRequired && value.Members.All(m => m.Name != p.Name)) is { } missing)
        {
            string example = missing.AttributeProvider?.GetCustomAttributes(typeof(ExampleAttribute), false).FirstOrDefault() is ExampleAttribute { Json: { } json } ? $", such as {json}" : "";
            string path = value.Path.Length == 0 ? missing.Name : $"{value.Path}.{missing.Name}";
            throw At(shown, value.Line, value.Column, $"{path} is missing; it must be given{example}.");
        }
    }

    private static string Shown(JsonText value) => value.Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Printable(value.Raw.Length <= 60 ? value.Raw : value.Raw[..57] + "..."),
    };

    private static string Printable(string text) => PlainText.Printable(text);
}

/// <summary>A study file that was read, with its source for messages about what was found out later.</summary>
/// <param name="Study">What it says.</param>
/// <param name="Text">Where it says it.</param>
/// <param name="Shown">The path as messages show it.</param>
internal sealed record ReadStudyFile(StudyFile Study, JsonText Text, string Shown)
{
    /// <summary>The series file, in which search and money stand instead; none where the study is no member of one.</summary>
    public (JsonText Text, string Search, string Shown)? InSeries { get; init; }

    /// <summary>A sentence about one field.</summary>
    /// <param name="path">The field: "data.split.test".</param>
    /// <param name="message">What is wrong with it, and what would be right.</param>
    public InputException Wrong(string path, string message)
    {
        (JsonText value, _, string shown) = At(path);
        return StudyFileReader.At(shown, value.Line, value.Column, message);
    }

    /// <summary>Whether the file says this field.</summary>
    public bool Has(string path)
    {
        (JsonText value, string there, _) = At(path);
        return value.Path == there;
    }

    private (JsonText Value, string Path, string Shown) At(string path)
    {
        (JsonText text, string there, string shown) = InSeries is not { } series ? (Text, path, Shown)
            : path == "search" || path.StartsWith("search.", StringComparison.Ordinal) ? (series.Text, $"searches.{series.Search}{path["search".Length..]}", series.Shown)
            : path == "money" ? (series.Text, path, series.Shown)
            : (Text, path, Shown);
        return (text.Nearest(there), there, shown);
    }

    /// <summary>Makes something of a field; a sentence about it gets the field's place before it, unless it begins with a place of its own.</summary>
    /// <param name="path">The field.</param>
    /// <param name="make">Makes it.</param>
    public T Placed<T>(string path, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (InputException e)
        {
            if (HasPlace(e.Message))
            {
                throw;
            }

            throw Wrong(path, e.Message.Length > 1 && char.IsUpper(e.Message[0]) && char.IsLower(e.Message[1]) ? char.ToLowerInvariant(e.Message[0]) + e.Message[1..] : e.Message);
        }
    }

    /// <summary>Whether a sentence begins with a place: "study.json(3,4): ".</summary>
    public static bool HasPlace(string message)
    {
        int colon = message.IndexOf("): ", StringComparison.Ordinal);
        return colon > 0 && message.LastIndexOf('(', colon) is > 0 and int open && message.AsSpan(open + 1, colon - open - 1).TrimStart("0123456789,").IsEmpty;
    }
}
