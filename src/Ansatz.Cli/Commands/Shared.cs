using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;

namespace Ansatz.Cli.Commands;

/// <summary>What several commands have in common.</summary>
internal static class Shared
{
    /// <summary>The name of the database where none is named.</summary>
    public const string DefaultDatabase = "ansatz.db";

    /// <summary>--db.</summary>
    public static Option<string> DatabaseOption() => new("--db")
    {
        Description = "The database of studies. Default: ansatz.db in the current folder.",
        HelpName = "FILE",
        DefaultValueFactory = _ => DefaultDatabase,
    };

    /// <summary>The name of a study.</summary>
    public static Argument<string> StudyArgument() => new("STUDY")
    {
        Description = "The study's name, as `list` shows it.",
    };

    /// <summary>Opens a database that must be there, to read it.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static Journal OpenJournal(Surroundings surroundings, string database)
    {
        string path = surroundings.FullPath(database);
        return File.Exists(path)
            ? Journal.OpenToRead(path, surroundings.Clock)
            : throw new InputException($"There is no {surroundings.Shown(path)}, so no study has been run here. Go to the folder where it was run, or name the database with --db.");
    }

    /// <summary>Finds a study.</summary>
    /// <exception cref="InputException">There is none of this name.</exception>
    public static StoredStudy Find(Journal journal, string name, Surroundings surroundings)
    {
        if (journal.Find(name) is { } found)
        {
            return found;
        }

        string[] names = [.. journal.StudyNames()];
        string has = names.Length == 0 ? "it holds none" : $"it holds: {string.Join(", ", names)}";
        throw new InputException($"{surroundings.Shown(journal.Path)} holds no study \"{name}\"; {has}.{Nearest.Question(name, names)}");
    }

    /// <summary>The study file that a stored study was begun with, its paths relative to the database's folder.</summary>
    /// <exception cref="InputException">The study was not begun by a study file, or its texts were erased.</exception>
    public static StoredFile FileOf(StoredStudy study, Journal journal, Surroundings surroundings)
    {
        if (study.Settings["forgotten"] is { } date)
        {
            throw new InputException($"The texts of the study \"{study.Name}\" were erased on {date}; `show` still has its numbers.");
        }

        if (study.Description is not { } file || (file["data"] ?? file["program"]) is not JsonObject)
        {
            throw new InputException($"The study \"{study.Name}\" was begun from code, not from a study file; open it from there.");
        }

        string[] labels = [];
        if (file["data"] is JsonObject data)
        {
            labels = [.. (data["labels"] as JsonArray ?? []).Select(l => l!.GetValue<string>())];
            data.Remove("labels");
            data.Remove("contents");
        }

        ReadStudyFile read = StudyFileReader.Parse(System.Text.Encoding.UTF8.GetBytes(file.ToJsonString()), $"{surroundings.Shown(journal.Path)}, study \"{study.Name}\" ");
        return new(read, Path.GetDirectoryName(journal.Path) is { Length: > 0 } folder ? folder : ".", labels);
    }

    /// <summary>The study file of a judged study, with the budget that its search had in the end.</summary>
    /// <exception cref="InputException">There is no such study, or no verdict.</exception>
    public static async Task<StoredFile> JudgedFileAsync(Surroundings surroundings, string database, string name)
    {
        Journal journal = OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            StoredStudy stored = Find(journal, name, surroundings);
            if (stored.Verdict is null)
            {
                throw new InputException($"The study \"{name}\" has no verdict yet; the command that began it goes on.");
            }

            StoredFile file = FileOf(stored, journal, surroundings);
            Budget budget = journal.Arms(stored).First(a => a.Role == ArmRole.Search).Budget;
            SearchFile search = file.Read.Study.Search;
            (search.Rollouts, search.Calls, search.Tokens) = (budget.MaxRollouts, budget.MaxCalls, budget.MaxTokens);
            (search.Money, search.Minutes, search.Plateau) = (budget.MaxMoney, (int?)budget.MaxTime?.TotalMinutes, (int?)budget.Plateau);
            return file;
        }
    }

    /// <summary>What a judged study found, and on how many test items it was judged.</summary>
    /// <exception cref="InputException">It was judged over seeds.</exception>
    public static async Task<(StoredCandidate Found, int Items)> FoundAsync(Surroundings surroundings, string database, string name)
    {
        Journal journal = OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            StoredStudy stored = Find(journal, name, surroundings);
            VerdictRow row = stored.Verdict!.Found;
            return row.CandidateId is { } id
                ? (journal.Candidates(stored, row.Name).First(c => c.Id == id), stored.Verdict.Items)
                : throw new InputException($"The study \"{name}\" was judged over seeds, so there are no test items to measure again.");
        }
    }

    /// <summary>What measuring would cost, in words or as one JSON object.</summary>
    /// <param name="what">What would be measured.</param>
    /// <param name="rollouts">How many rollouts that takes at most.</param>
    /// <param name="bills">What endpoints are asked for them.</param>
    /// <param name="isJson">Whether JSON is asked for.</param>
    public static string MeasuringPlan(string what, long rollouts, IEnumerable<Bill> bills, bool isJson)
    {
        IReadOnlyList<Bill> together = Bill.Together(bills);
        JsonObject json = new() { ["rollouts"] = rollouts };
        Bill.AddTo(json, together);
        return isJson ? json.ToJsonString() : PlainText.PrintableLines(string.Join('\n', [
            string.Create(CultureInfo.InvariantCulture, $"{what}: {rollouts:N0} rollouts{(together.Count == 0 ? "; cost: free" : "")}"),
            .. together.Select(b => b.InWords),
            "Nothing was spent or kept.",
        ]));
    }

    /// <summary>The words that name another database than the usual one.</summary>
    public static string[] DatabaseWords(Surroundings surroundings, string database) =>
        surroundings.FullPath(database) == surroundings.FullPath(DefaultDatabase) ? [] : ["--db", database];

    /// <summary>Where what people open is written: runs/STUDY.</summary>
    public static string RunFolder(Surroundings surroundings, string study) => Path.Combine(surroundings.Folder, "runs", FileName(study));

    // A study's name may hold what a file's name may not.
    private static string FileName(string name)
    {
        string safe = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ' ? c : '_')).Trim('.', ' ');
        return safe.Length > 0 ? safe : "_";
    }
}

/// <summary>The study file of a stored study.</summary>
/// <param name="Read">The file.</param>
/// <param name="Folder">What its paths are relative to.</param>
/// <param name="Labels">The labels of its data.</param>
internal sealed record StoredFile(ReadStudyFile Read, string Folder, IReadOnlyList<string> Labels);
