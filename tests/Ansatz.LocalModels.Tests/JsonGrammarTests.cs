using System.Text.Json;

namespace Ansatz.LocalModels.Tests;

public sealed class JsonGrammarTests
{
    [Fact]
    public void Of_RequiredAndOptionalProperties_CommasOnlyBetween() =>
        Assert.EndsWith(
            """
            rule-0 ::= "\"a\"" ws ":" ws integer ws
            rule-1 ::= "\"b\"" ws ":" ws string ws
            rule-2 ::= "\"c\"" ws ":" ws boolean ws
            rule-3 ::= "{" ws rule-1 ("," ws rule-0)? ("," ws rule-2)? "}"
            root ::= rule-3

            """,
            Of("""{ "type": "object", "properties": { "a": { "type": "integer" }, "b": { "type": "string" }, "c": { "type": "boolean" } }, "required": ["b"] }"""),
            StringComparison.Ordinal);

    [Fact]
    public void Of_OnlyOptionalProperties_AnyOfThemMayComeFirst() =>
        Assert.EndsWith(
            """
            rule-2 ::= "{" ws (rule-0 ("," ws rule-1)? | rule-1)? "}"
            root ::= rule-2

            """,
            Of("""{ "properties": { "a": { "type": "null" }, "b": { "type": "null" } } }"""),
            StringComparison.Ordinal);

    [Fact]
    public void Of_Recursion_RuleOfItsOwn() =>
        Assert.Contains(
            """ref-0 ::= rule-""",
            Of("""{ "$ref": "#/$defs/tree", "$defs": { "tree": { "type": "object", "properties": { "left": { "$ref": "#/$defs/tree" } } } } }"""),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "type": "string", "pattern": "a+" }""", "cannot promise the JSON schema's \"pattern\" at #")]
    [InlineData("""{ "type": "array", "items": { "type": "integer", "minimum": 3 } }""", "\"minimum\" at #/items")]
    [InlineData("""{ "type": "text" }""", "the type \"text\" is none of")]
    [InlineData("""{ "$ref": "#/$defs/none" }""", "nothing stands at \"#/$defs/none\"")]
    [InlineData("""{ "properties": 3 }""", "wrong type")]
    [InlineData("3", "a schema is an object")]
    public void Of_WhatNoGrammarCanPromise_OneSentence(string schema, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => Of(schema)).Message, StringComparison.Ordinal);

    private static string Of(string schema) => JsonGrammar.Of(JsonDocument.Parse(schema).RootElement).ReplaceLineEndings("\n");
}
