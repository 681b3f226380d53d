using System.Text.Json;

namespace Ansatz.Cli.StudyFiles;

/// <summary>What a study file may hold by its open part: a prompt needs data and may have a model and a scorer, a program brings its own inputs and scorer.</summary>
internal static class StudyFileKinds
{
    private static readonly (string Field, string Instead)[] OfPrompts =
    [
        ("scorer", "a program is scored by its method marked [Score]"),
        ("model", "a program asks no model for answers; one that writes programs is search.proposer"),
    ];

    /// <summary>Fields of data that a program has not: what its rows are, its code says.</summary>
    public static readonly string[] DataOfPrompts = ["format", "input", "answer", "noun"];

    private static readonly string[] SearchOfPrompts = ["candidates", "race", "size", "opro"], SearchOfPrograms = ["evaluations", "window", "islands", "samplesPerPrompt", "finalists", "database", "cascade", "mix", "callCost"];

    /// <summary>Checks it, and fills in which search is meant where that depends on the open part.</summary>
    /// <exception cref="InputException">A field is missing, or belongs to another open part; the message says where.</exception>
    public static void Check(ReadStudyFile read)
    {
        StudyFile file = read.Study;
        if (file.Program is null)
        {
            if (file is { Prompt: not null, Pipeline: not null })
            {
                throw read.Wrong("pipeline", "a study has one open part, and this one has a prompt and a pipeline; keep one of them.");
            }

            if (((file.Pipeline is null ? Missing(read, "prompt") : null) ?? Missing(read, "data")) is { } missing)
            {
                throw read.Wrong("", $"{missing} is missing; it must be given, unless the open part is a {(missing == "prompt" ? "\"pipeline\" or a " : "")}\"program\".");
            }

            if (file.Search.Use == OptimizerFile.FunSearch)
            {
                throw read.Wrong("search.use", "search.use is fun-search, which searches programs; for a prompt take few-shot-search, or one of the others.");
            }

            Refuse(read, SearchOfPrograms, "fun-search");
            return;
        }

        if ((file.Prompt is not null ? "prompt" : file.Pipeline is not null ? "pipeline" : null) is { } other)
        {
            throw read.Wrong("program", $"a study has one open part, and this one has a {other} and a program; keep one of them.");
        }

        if (OfPrompts.FirstOrDefault(f => read.Has(f.Field)) is { Field: { } field, Instead: { } instead })
        {
            throw read.Wrong(field, $"{field} belongs to a prompt: {instead}. Leave it out.");
        }

        if (file.Data is not null && DataOfPrompts.FirstOrDefault(f => read.Has($"data.{f}")) is { } column)
        {
            throw read.Wrong($"data.{column}", $"data.{column} belongs to a prompt: the columns of a program's inputs are the properties of what its method marked [Score] takes. Leave it out.");
        }

        if (file.Data is { Split: null })
        {
            throw read.Wrong("data", "data.split is missing; say how many rows go where, such as { \"train\": 100, \"validation\": 100, \"test\": 100 }.");
        }

        if (read.Has("search.use") && file.Search.Use != OptimizerFile.FunSearch)
        {
            throw read.Wrong("search.use", $"search.use is {Name(file)}, which searches prompts; for a program take fun-search.");
        }

        file.Search.Use = OptimizerFile.FunSearch;
        Refuse(read, SearchOfPrompts, "searches of prompts");
        if (file.Search.Database is { ResetEvery: > 0, HalveEvery: > 0 })
        {
            throw read.Wrong("search.database.halveEvery", "search.database has islands begin again (resetEvery) and end (halveEvery); keep one of them.");
        }

        if (file.Search.CallCost is not null && file.Search.Mix != true)
        {
            throw read.Wrong("search.callCost", "search.callCost weighs a proposer against the grammar, and only one of them writes here; say \"mix\": true, or leave it out.");
        }

        if (file.Search.Proposer is null && (file.Search.Mix ?? file.Search.Layout as object) is not null)
        {
            string alone = file.Search.Mix is not null ? "search.mix" : "search.layout";
            throw read.Wrong(alone, $"{alone} belongs to a search with a proposer, and without one the grammar writes all programs; name a model in search.proposer, such as \"embedded\".");
        }
    }

    private static void Refuse(ReadStudyFile read, string[] fields, string of)
    {
        if (fields.FirstOrDefault(f => read.Has($"search.{f}")) is { } field)
        {
            throw read.Wrong($"search.{field}", $"search.{field} belongs to {of}, and search.use is {Name(read.Study)}.");
        }
    }

    private static string? Missing(ReadStudyFile read, string field) => read.Has(field) ? null : field;

    private static string Name(StudyFile file) => JsonNamingPolicy.KebabCaseLower.ConvertName(file.Search.Use.ToString());
}
