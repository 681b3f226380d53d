using System.Text;
using Ansatz.Cli.StudyFiles;

namespace Ansatz.Cli.Tests.StudyFiles;

public sealed class StudyFileReaderTests
{
    private const string Smallest = """{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" } }""";

    [Fact]
    public void Parse_OnlyWhatHasNoDefault_FillsTheRest()
    {
        StudyFile study = StudyFileReader.Parse(Encoding.UTF8.GetBytes(Smallest), "study.json").Study;

        Assert.Equal(("items", 1L, 48), (study.Data!.Noun, study.Seed, study.Search.Candidates));
        Assert.Equal(new ModelFile(), study.Model);
        Assert.Equal((new ScorerFile(), OptimizerFile.FewShotSearch), (study.Scorer, study.Search.Use));
        Assert.Empty(study.Prompt!.Yours.Instruction);
    }

    [Fact]
    public void Parse_TheReadmesStudy_ReadsEverything()
    {
        StudyFile study = StudyFileReader.Parse(File.ReadAllBytes("Published/study.json"), "study.json").Study;

        Assert.Equal("reviews", study.Name);
        Assert.Equal(["text"], study.Data!.Input!.Values);
        Assert.Equal(new SplitFile { Train = 40, Validation = 80, Test = 300, Seed = 1 }, study.Data.Split);
        Assert.Equal(["complaint", "negative", "bad"], study.Prompt!.Open!.Label!["complaint"]);
        Assert.Equal(5000, study.Search.Rollouts);
    }

    [Theory]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "search": { "rollouts": "5k" } }""", """study.json(1,100): search.rollouts is "5k"; it must be a whole number, such as 5000.""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "search": { "rollouts": 1.5 } }""", "study.json(1,100): search.rollouts is 1.5; it must be a whole number, such as 5000.")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "search": { "candidates": 0 } }""", "study.json(1,102): search.candidates is 0; it must be a whole number of at least 1, such as 48.")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "serach": {} }""", """study.json(1,76): a study file has no field "serach"; its fields are: name, about, data, prompt, pipeline, program, model, scorer, search, prices, money, controls, series, seed. Did you mean "search"?""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "search": { "use": "fewshot-search" } }""", """study.json(1,95): search.use is "fewshot-search"; it must be one of: few-shot-search, opro, bootstrap-few-shot, grips, evoprompt-ga, evoprompt-de, gepa, mipro-v2, fun-search. Did you mean "few-shot-search"?""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "model": "embeded" }""", """study.json(1,85): model is "embeded"; it must be "embedded", or an object with "file" (a GGUF file) or "baseUrl" (an endpoint). Did you mean "embedded"?""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "scorer": "numbr" }""", """study.json(1,86): scorer is "numbr"; it must be one of: label, exact, normalised, first-word, choice, yes-no, number, label-set, json-field, regex, graded; or an object with "use" and its settings. Did you mean "number"?""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "scorer": { "use": "number", "tolerance": -0.5 } }""", "study.json(1,118): scorer.tolerance is -0.5; it must be a number of at least 0, such as 0.01.")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "scorer": { "use": "number", "tolerance": "a little" } }""", """study.json(1,118): scorer.tolerance is "a little"; it must be a number, such as 0.01.""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "scorer": { "use": "number", "tolerence": 1 } }""", """study.json(1,105): "scorer" has no field "tolerence"; its fields are: use, tolerance, relativeTolerance, strict, labels, separator, f1, path, pattern, match, value, rubric, grades, grader, showsAnswer, referenceScoring. Did you mean "tolerance"?""")]
    [InlineData("""{ "data": { "file": "a.csv" } }""", """study.json(1,1): prompt is missing; it must be given, unless the open part is a "pipeline" or a "program".""")]
    [InlineData("""{ "data": { }, "prompt": { "template": "{text} {label}" } }""", """study.json(1,11): data.file is missing; it must be given, such as "reviews.csv".""")]
    [InlineData("""{ "data": "a.csv", "prompt": { "template": "{text} {label}" } }""", """study.json(1,11): data is "a.csv"; it must be an object.""")]
    [InlineData("""{ "data": { "file": null }, "prompt": { "template": "{text} {label}" } }""", """study.json(1,21): data.file is null; it must be a text in double quotes, such as "reviews.csv".""")]
    [InlineData("""{ "data": { "file": "a.csv", "input": [] }, "prompt": { "template": "{text} {label}" } }""", """study.json(1,39): data.input is a list; it must be a text, or a list of at least one, such as "text".""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "x", "open": { "demonstrations": { "upTo": true } } } }""", """study.json(1,99): prompt.open.demonstrations.upTo is true; it must be a whole number, such as 8.""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "data": 1 }""", """study.json(1,32): "data" stands here a second time; keep one.""")]
    [InlineData("""{ "program": { "project": "a.cs" }, "data": { "file": "a.csv", "input": "x" } }""", "study.json(1,73): data.input belongs to a prompt: the columns of a program's inputs are the properties of what its method marked [Score] takes. Leave it out.")]
    [InlineData("""{ "program": { "project": "a.cs" }, "data": { "file": "a.csv" } }""", """study.json(1,45): data.split is missing; say how many rows go where, such as { "train": 100, "validation": 100, "test": 100 }.""")]
    [InlineData("""{ "program": { "project": "a.cs" }, "scorer": "number" }""", "study.json(1,47): scorer belongs to a prompt: a program is scored by its method marked [Score]. Leave it out.")]
    [InlineData("""{ "program": { "project": "a.cs" }, "model": "embedded" }""", "study.json(1,46): model belongs to a prompt: a program asks no model for answers; one that writes programs is search.proposer. Leave it out.")]
    [InlineData("""{ "program": { "project": "a.cs" }, "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" } }""", "study.json(1,14): a study has one open part, and this one has a prompt and a program; keep one of them.")]
    [InlineData("""{ "program": { "project": "a.cs" }, "search": { "use": "opro" } }""", "study.json(1,56): search.use is opro, which searches prompts; for a program take fun-search.")]
    [InlineData("""{ "program": { "project": "a.cs" }, "search": { "candidates": 9 } }""", "study.json(1,63): search.candidates belongs to searches of prompts, and search.use is fun-search.")]
    [InlineData("""{ "program": { "project": "a.cs" }, "search": { "mix": true } }""", """study.json(1,56): search.mix belongs to a search with a proposer, and without one the grammar writes all programs; name a model in search.proposer, such as "embedded".""")]
    [InlineData("""{ "program": { "project": "a.cs" }, "search": { "callCost": 5 } }""", """study.json(1,61): search.callCost weighs a proposer against the grammar, and only one of them writes here; say "mix": true, or leave it out.""")]
    [InlineData("""{ "program": { "project": "a.cs" }, "search": { "database": { "resetEvery": 9, "halveEvery": 9 } } }""", "study.json(1,94): search.database has islands begin again (resetEvery) and end (halveEvery); keep one of them.")]
    [InlineData("""{ "program": { "project": "a.cs" }, "search": { "database": { "preset": "paper" } } }""", """study.json(1,73): search.database.preset is "paper"; it must be one of: usual, reference.""")]
    [InlineData("""{ "program": { "project": "a.cs" }, "search": { "database": { "temperature": 0 } } }""", "study.json(1,78): search.database.temperature is 0; it must be a number of at least 0.000001, such as 0.1.")]
    [InlineData("""{ "program": { "project": "a.cs" }, "search": { "cascade": { "stages": [1], "share": 0.995 } } }""", "study.json(1,86): search.cascade.share is 0.995; it must be a number of at most 0.99, such as 0.5.")]
    [InlineData("""{ "program": { "hole": "A.B" } }""", """study.json(1,14): program.project is missing; it must be given, such as "Packing.csproj".""")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "search": { "window": 4 } }""", "study.json(1,98): search.window belongs to fun-search, and search.use is few-shot-search.")]
    [InlineData("""{ "data": { "file": "a.csv" }, "prompt": { "template": "{text} {label}" }, "search": { "use": "fun-search" } }""", "study.json(1,95): search.use is fun-search, which searches programs; for a prompt take few-shot-search, or one of the others.")]
    [InlineData("[]", "study.json(1,1): the file is a list; it must be an object.")]
    [InlineData("{ \"data\": {\n \"ä\": ] } }", "study.json(2,7): from here on the file is no JSON: ']' is an invalid start of a value.")]
    [InlineData("", "study.json(1,1): the file is empty; a study file is an object in braces.")]
    [InlineData(" \n", "study.json(1,1): the file is empty; a study file is an object in braces.")]
    public void Parse_SomethingWrong_SaysWhereAndWhatWouldBeRight(string text, string message)
    {
        InputException e = Assert.Throws<InputException>(() => StudyFileReader.Parse(Encoding.UTF8.GetBytes(text), "study.json"));

        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void Parse_Program_TakesTheSearchOfPrograms()
    {
        StudyFile study = StudyFileReader.Parse(Encoding.UTF8.GetBytes("""{ "program": { "project": "a.cs" } }"""), "study.json").Study;

        Assert.Equal((OptimizerFile.FunSearch, null, null), (study.Search.Use, study.Data, study.Prompt));
    }

    [Fact]
    public void Parse_ByteOrderMarkCommentsTrailingCommas_AreAllowed()
    {
        byte[] text = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Smallest.Replace(" }, \"prompt\"", ", }, // the data\n \"prompt\"", StringComparison.Ordinal))];

        Assert.Equal("a.csv", StudyFileReader.Parse(text, "study.json").Study.Data!.File);
    }

    [Fact]
    public void Wrong_FieldThatIsNotThere_PointsToWhatIsAroundIt()
    {
        ReadStudyFile read = StudyFileReader.Parse(Encoding.UTF8.GetBytes(Smallest), "study.json");

        Assert.Equal("study.json(1,11): why", read.Wrong("data.split.test", "why").Message);
    }

    [Fact]
    public void Parse_TableInstead_IsNotQuotedWhole()
    {
        byte[] table = Encoding.UTF8.GetBytes("text,label\n" + string.Concat(Enumerable.Repeat("It is good,praise\n", 2_000)));

        InputException e = Assert.Throws<InputException>(() => StudyFileReader.Parse(table, "data.csv"));

        Assert.Equal("data.csv is no study file but a table. If it holds your data, `ansatz new data.csv` writes a study of them.", e.Message);
    }

    [Theory]
    [InlineData("""{ "baseUrl": "http://127.0.0.1:1", "name": "m", "concurrency": 0 }""", "--model(1,64): concurrency is 0; it must be a whole number of at least 1")]
    [InlineData("""{ "baseUrl": "http://127.0.0.1:1", "nmae": "m" }""", "--model(1,36): a model has no field \"nmae\"; its fields are: ")]
    [InlineData("""{ "baseUrl": null }""", "--model(1,14): baseUrl is null; it must be a text in double quotes")]
    public void ReadModel_Wrong_SaysWhatItMustBe(string json, string message)
    {
        InputException e = Assert.Throws<InputException>(() => StudyFileReader.ReadModel(json, "--model"));

        Assert.StartsWith(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoSuchFile_SaysHowToWriteOne()
    {
        InputException e = Assert.Throws<InputException>(() => StudyFileReader.Read("/nowhere/study.json", "nowhere/study.json"));

        Assert.Equal("The study file nowhere/study.json does not exist. The command `new` writes one of your rows, or of your program.", e.Message);
    }
}
