using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;

namespace Ansatz.Cli.Tests;

public sealed class StudyScorersTests
{
    [Theory]
    [InlineData("\"label\"", """{"use":"label","wholeLabels":false}""")]
    [InlineData("\"exact\"", """{"use":"exact"}""")]
    [InlineData("\"normalised\"", """{"use":"normalised"}""")]
    [InlineData("\"first-word\"", """{"use":"firstWord"}""")]
    [InlineData("\"choice\"", """{"use":"choice"}""")]
    [InlineData("\"yes-no\"", """{"use":"yesNo"}""")]
    [InlineData("\"number\"", """{"use":"number","tolerance":0,"relativeTolerance":0,"strict":false}""")]
    [InlineData("""{ "use": "number", "tolerance": 0.5, "relativeTolerance": 0.1, "strict": true }""", """{"use":"number","tolerance":0.5,"relativeTolerance":0.1,"strict":true}""")]
    [InlineData("\"label-set\"", """{"use":"labelSet","labels":["a","b"],"separator":",","f1":false}""")]
    [InlineData("""{ "use": "label-set", "labels": ["x"], "separator": ";", "f1": true }""", """{"use":"labelSet","labels":["x"],"separator":";","f1":true}""")]
    [InlineData("""{ "use": "json-field", "path": "a.b", "value": "number" }""", """{"use":"jsonField","path":"a.b","value":{"use":"number","tolerance":0,"relativeTolerance":0,"strict":false}}""")]
    [InlineData("""{ "use": "json-field", "path": "a", "value": { "use": "label-set", "f1": true } }""", """{"use":"jsonField","path":"a","value":{"use":"labelSet","labels":["a","b"],"separator":",","f1":true}}""")]
    [InlineData("""{ "use": "regex", "pattern": "x(.)", "match": "last" }""", """{"use":"regex","pattern":"x(.)","match":"Last","value":{"use":"normalised"}}""")]
    [InlineData("""{ "use": "choice", "referenceScoring": true }""", """{"use":"reference","answers":"Choice"}""")]
    [InlineData("""{ "use": "yes-no", "referenceScoring": true }""", """{"use":"reference","answers":"Boolean"}""")]
    [InlineData("""{ "use": "number", "referenceScoring": true }""", """{"use":"reference","answers":"Number"}""")]
    [InlineData("""{ "use": "normalised", "referenceScoring": true }""", """{"use":"reference","answers":"Text"}""")]
    [InlineData("""{ "use": "number", "referenceScoring": false }""", """{"use":"number","tolerance":0,"relativeTolerance":0,"strict":false}""")]
    public void Rule_EveryKind_IsThatScorer(string scorer, string identity)
    {
        RuleScorer made = StudyScorers.Rule(Read(scorer), ["a", "b, a"])!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(identity), made.Identity), made.Identity.ToJsonString());
    }

    [Fact]
    public void Rule_WhatIsNotKnownYet_IsNone()
    {
        Assert.Null(StudyScorers.Rule(Read("\"label-set\"")));
        Assert.Null(StudyScorers.Rule(Read("""{ "use": "json-field", "path": "a", "value": "label-set" }""")));
        Assert.Null(StudyScorers.Rule(Read("""{ "use": "graded", "rubric": "Be kind.", "grader": "embedded" }"""), ["a"]));
        Assert.IsType<ExactScorer>(StudyScorers.Reader(Read("""{ "use": "graded", "rubric": "Be kind.", "grader": "embedded" }"""), ["a"]));
    }

    [Theory]
    [InlineData("""{ "use": "choice", "tolerance": 1 }""", "scorer.tolerance belongs to number, and scorer.use is choice.")]
    [InlineData("""{ "use": "number", "value": "exact" }""", "scorer.value belongs to json-field and regex, and scorer.use is number.")]
    [InlineData("""{ "tolerance": 1 }""", "scorer.tolerance belongs to number, and scorer.use is label.")]
    [InlineData("""{ "use": "number", "strict": true, "referenceScoring": true }""", "scorer.referenceScoring is true, and the reference knows neither a tolerance nor a strict mode; leave them out.")]
    [InlineData("""{ "use": "json-field" }""", "scorer.path is missing; json-field needs to know where the field is, such as \"answer\".")]
    [InlineData("""{ "use": "json-field", "path": "a[x]" }""", "the path \"a[x]\" cannot be read at \"[x]\"")]
    [InlineData("""{ "use": "json-field", "path": "a", "value": "label" }""", "scorer.value cannot be \"label\", which reads whole replies; use \"normalised\", or \"exact\".")]
    [InlineData("""{ "use": "json-field", "path": "a", "value": { "use": "graded", "rubric": "x", "grader": "embedded" } }""", "scorer.value cannot be graded by a model; let the grader see the whole reply: scorer.use \"graded\".")]
    [InlineData("""{ "use": "json-field", "path": "a", "value": { "use": "choice", "strict": true } }""", "scorer.value.strict belongs to number, and scorer.value.use is choice.")]
    [InlineData("""{ "use": "regex", "pattern": "(a" }""", "the pattern \"(a\" cannot be read: ")]
    [InlineData("""{ "use": "label-set", "labels": ["a", "A."] }""", "the labels \"a\" and \"A.\" differ in case or punctuation alone: no scorer could tell them apart.")]
    [InlineData("""{ "use": "label-set", "separator": "" }""", "scorer.separator must be one character, such as \";\".")]
    [InlineData("""{ "use": "graded", "grader": "embedded" }""", "scorer.rubric is missing; graded needs to say in words when a reply is right.")]
    [InlineData("""{ "use": "graded", "rubric": "x" }""", "scorer.grader is missing; graded needs a model, such as")]
    [InlineData("""{ "use": "graded", "rubric": "x", "grader": "embedded", "grades": { "good": 1 } }""", "a rubric needs at least two grades.")]
    public void Rule_SomethingWrong_SaysWhereAndWhatWouldBeRight(string scorer, string message)
    {
        InputException e = Assert.Throws<InputException>(() => StudyScorers.Rule(Read(scorer), ["a"]));

        Assert.StartsWith("study.json(1,", e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Graded_Settings_ReachTheScorer()
    {
        ScorerFile file = Read("""{ "use": "graded", "rubric": "Be kind.", "grades": { "bad": 0, "fair": 0.5, "good": 1 }, "grader": "embedded", "showsAnswer": false }""").Study.Scorer;
        using GoodBadModel grader = new();

        GradedScorer scorer = StudyScorers.Graded(file, grader, Price.Free);

        Assert.Equal((Scale.Unit, false), (scorer.Scale, scorer.ShowsAnswer));
        Assert.Contains("bad, fair, good", scorer.PromptFor("x", new([new("text", "y")], "z")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"number\"", "\"number\"")]
    [InlineData("""{ "use": "number" }""", "\"number\"")]
    [InlineData("""{ "use": "number", "tolerance": 0.5 }""", """{"use":"number","tolerance":0.5}""")]
    [InlineData("""{ "use": "regex", "pattern": "x", "match": "first", "value": "choice" }""", """{"use":"regex","pattern":"x","match":"first","value":"choice"}""")]
    public void Write_Scorer_IsItsNameOrWhatWasGiven(string scorer, string written)
    {
        JsonNode stored = JsonSerializer.SerializeToNode(Read(scorer).Study, StudyFileJson.Default.StudyFile)!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(written), stored["scorer"]), stored["scorer"]!.ToJsonString());
        Assert.Equal(Read(scorer).Study.Scorer, Read(stored["scorer"]!.ToJsonString()).Study.Scorer);
    }

    private static ReadStudyFile Read(string scorer) => StudyFileReader.Parse(
        Encoding.UTF8.GetBytes("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "scorer": """ + scorer + " }"), "study.json");
}
