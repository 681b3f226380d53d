using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ansatz.LocalModels;

/// <summary>
/// Writes a JSON schema as a grammar in llama.cpp's GBNF notation: type, properties, required, items, minItems, maxItems, minLength, maxLength, enum,
/// const, anyOf, oneOf and $ref. What a grammar cannot promise, such as a pattern or a minimum, is refused.
/// </summary>
/// <remarks>Required properties come first, then the optional ones, each in the schema's order; others are never written.</remarks>
internal sealed class JsonGrammar
{
    // White space is short, so that a small model cannot get lost in it, and so are numbers.
    private const string Basics = """
        ws ::= | " " | "\n" [ ]{0,12}
        char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
        string ::= "\"" char* "\""
        integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
        number ::= integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?
        boolean ::= "true" | "false"
        null ::= "null"
        value ::= object | array | string | number | boolean | null
        object ::= "{" ws (string ws ":" ws value ws ("," ws string ws ":" ws value ws)*)? "}"
        array ::= "[" ws (value ws ("," ws value ws)*)? "]"

        """;

    // Keywords that say nothing about which texts are valid, or that generating only what the schema names fulfils anyway.
    private static readonly HashSet<string> s_harmless =
        ["$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "format", "additionalProperties", "deprecated"];

    private readonly JsonElement _root;
    private readonly StringBuilder _rules = new(Basics);
    private readonly Dictionary<string, string> _references = []; // pointer -> rule
    private int _count;

    private JsonGrammar(JsonElement root) => _root = root;

    /// <summary>Any JSON object.</summary>
    public static string AnyObject { get; } = Basics + "root ::= object\n";

    /// <exception cref="InputException">The schema uses what no grammar can promise, or is none.</exception>
    public static string Of(JsonElement schema)
    {
        try
        {
            JsonGrammar grammar = new(schema);
            string root = grammar.Rule(schema, "#");
            return $"{grammar._rules}root ::= {root}\n";
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new InputException($"The JSON schema is wrong: a keyword has a value of the wrong type. {e.Message}", e);
        }
    }

    /// <summary>The name of a rule for the schema.</summary>
    private string Rule(JsonElement schema, string at)
    {
        if (schema.ValueKind is JsonValueKind.True)
        {
            return "value";
        }

        if (schema.ValueKind is not JsonValueKind.Object)
        {
            throw new InputException($"The JSON schema is wrong at {at}: a schema is an object.");
        }

        Refuse(schema, at);
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            return Reference(reference.GetString() ?? "", at);
        }

        if (schema.TryGetProperty("const", out JsonElement constant))
        {
            return Define(Literal(constant));
        }

        if (schema.TryGetProperty("enum", out JsonElement values))
        {
            return Define(string.Join(" | ", values.EnumerateArray().Select(Literal)));
        }

        foreach (string keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(keyword, out JsonElement choices))
            {
                return Define(string.Join(" | ", choices.EnumerateArray().Select((choice, i) => Rule(choice, $"{at}/{keyword}/{i}"))));
            }
        }

        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            return schema.TryGetProperty("properties", out _) ? Object(schema, at) : "value";
        }

        return type.ValueKind == JsonValueKind.Array
            ? Define(string.Join(" | ", type.EnumerateArray().Select(one => OfType(one.GetString(), schema, at))))
            : OfType(type.GetString(), schema, at);
    }

    private string OfType(string? type, JsonElement schema, string at) => type switch
    {
        "object" => Object(schema, at),
        "array" => Array(schema, at),
        "string" => schema.TryGetProperty("minLength", out _) || schema.TryGetProperty("maxLength", out _)
            ? Define($"\"\\\"\" char{Count(schema, "minLength", "maxLength")} \"\\\"\"")
            : "string",
        "integer" or "number" or "boolean" or "null" => type,
        _ => throw new InputException($"The JSON schema is wrong at {at}: the type \"{type}\" is none of object, array, string, number, integer, boolean, null."),
    };

    private string Object(JsonElement schema, string at)
    {
        if (!schema.TryGetProperty("properties", out JsonElement properties))
        {
            return "object";
        }

        HashSet<string> required = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(static n => n.GetString()!)] : [];
        List<string> always = [], optional = [];
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            string name = Quote(Encoded(property.Name));
            string pair = Define($"{name} ws \":\" ws {Rule(property.Value, $"{at}/properties/{property.Name}")} ws");
            (required.Contains(property.Name) ? always : optional).Add(pair);
        }

        const string Comma = " \",\" ws ";
        string rest = string.Concat(optional.Select(static o => $" ({Comma.Trim()} {o})?"));
        string members = always.Count > 0
            ? string.Join(Comma, always) + rest
            : string.Join(" | ", optional.Select((first, i) => first + string.Concat(optional.Skip(i + 1).Select(static o => $" ({Comma.Trim()} {o})?"))));
        return Define(members.Length == 0 ? "\"{\" ws \"}\"" : always.Count > 0 ? $"\"{{\" ws {members} \"}}\"" : $"\"{{\" ws ({members})? \"}}\"");
    }

    private string Array(JsonElement schema, string at)
    {
        string item = schema.TryGetProperty("items", out JsonElement items) ? Rule(items, $"{at}/items") : "value";
        int least = Whole(schema, "minItems") ?? 0;
        int? most = Whole(schema, "maxItems");
        if (most == 0)
        {
            return Define("\"[\" ws \"]\"");
        }

        string more = $"(\",\" ws {item} ws){{{Math.Max(0, least - 1)},{(most - 1)?.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}";
        return Define(least > 0 ? $"\"[\" ws {item} ws {more} \"]\"" : $"\"[\" ws ({item} ws {more})? \"]\"");
    }

    private string Reference(string pointer, string at)
    {
        if (_references.TryGetValue(pointer, out string? known))
        {
            return known;
        }

        JsonElement target = _root;
        foreach (string step in pointer.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            bool found = target.ValueKind == JsonValueKind.Array && int.TryParse(name, out int index) && index >= 0 && index < target.GetArrayLength()
                ? (target = target[index]).ValueKind != JsonValueKind.Undefined
                : target.ValueKind == JsonValueKind.Object && target.TryGetProperty(name, out target);
            if (!found || !pointer.StartsWith('#'))
            {
                throw new InputException($"The JSON schema is wrong at {at}: nothing stands at \"{pointer}\" inside it.");
            }
        }

        string rule = $"ref-{_references.Count}";
        _references[pointer] = rule; // before the rule itself, which may refer to itself
        string body = Rule(target, pointer);
        _rules.Append(rule).Append(" ::= ").Append(body).Append('\n');
        return rule;
    }

    private static void Refuse(JsonElement schema, string at)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!s_harmless.Contains(keyword.Name) && keyword.Name is not ("$ref" or "const" or "enum" or "anyOf" or "oneOf" or "type" or "properties" or "required"
                or "items" or "minItems" or "maxItems" or "minLength" or "maxLength"))
            {
                throw new InputException($"The embedded model cannot promise the JSON schema's \"{keyword.Name}\" at {at}. Leave it out and check the answer.");
            }
        }
    }

    private string Define(string body)
    {
        string rule = $"rule-{_count++}";
        _rules.Append(rule).Append(" ::= ").Append(body).Append('\n');
        return rule;
    }

    private static string Count(JsonElement schema, string least, string most) => $"{{{Whole(schema, least) ?? 0},{Whole(schema, most)?.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}";

    private static int? Whole(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out JsonElement number) ? number.GetInt32() : null;

    private static string Literal(JsonElement value) => Quote(value.ValueKind == JsonValueKind.String ? Encoded(value.GetString()!) : value.GetRawText());

    private static string Encoded(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
