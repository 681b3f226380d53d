using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;
using Ansatz.Prompts;
using static System.FormattableString;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz transfer: what judged studies found, on the test items of each other and on other models, as a matrix.</summary>
internal static class TransferCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string[]> studies = new("STUDY") { Description = "The studies' names, as `list` shows them: every found prompt is measured on the test items of each.", Arity = ArgumentArity.OneOrMore };
        Option<string> database = Shared.DatabaseOption();
        Option<string[]> models = new("--model")
        {
            Description = "Another model to measure on too: embedded, a GGUF file, or an object as in study.json's \"model\". May be given several times.",
            HelpName = "MODEL",
        };
        Option<bool> json = new("--json") { Description = "Writes one JSON object." };
        Command command = new("transfer", "Measures what was found on the test items of other studies and on other models, beside your own prompt there.") { studies, database, models, json };
        command.SetAction((parsed, cancellationToken) => TransferAsync(
            surroundings, [.. parsed.GetRequiredValue(studies).Distinct()], parsed.GetRequiredValue(database), parsed.GetValue(models) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> TransferAsync(Surroundings surroundings, string[] names, string database, string[] models, bool isJson, CancellationToken cancellationToken)
    {
        if (names.Length == 1 && models.Length == 0)
        {
            throw new InputException($"Where to? Name another study beside \"{names[0]}\", or another model with --model.");
        }

        List<Place> places = [];
        try
        {
            foreach (string name in names)
            {
                PromptStudy own = await LoadAsync(surroundings, database, name, model: null).ConfigureAwait(false);
                places.Add(new(name, own, null));
                foreach (string model in models)
                {
                    places.Add(new(name, own, await LoadAsync(surroundings, database, name, CheckCommand.Parse(model, surroundings)).ConfigureAwait(false)));
                }
            }

            ImmutableArray<(Place From, Prompt Found)> found = [.. await FoundAsync(surroundings, database, places.Where(p => p.Model is null)).ConfigureAwait(false)];
            List<Cell> cells = [];
            foreach (Place to in places)
            {
                Study<Prompt> study = to.Own.OpenStudy(surroundings.FullPath(database), to.Name, surroundings.Clock);
                await using (study.ConfigureAwait(false))
                {
                    foreach ((Place from, Prompt prompt) in found)
                    {
                        MovedPrompt moved = from.Name == to.Name ? new(prompt, []) : PromptTransfer.Move(prompt, from.Own.Part, to.Own.Part);
                        cells.Add(new(from, to, moved, await study.TransferAsync(moved.Prompt, to.Model?.Objective, cancellationToken).ConfigureAwait(false)));
                        if (!isJson)
                        {
                            await surroundings.Error.WriteLineAsync(PlainText.Printable($"{from.Name} on {to.InWords}: done")).ConfigureAwait(false);
                        }
                    }
                }
            }

            await surroundings.Output.WriteLineAsync(isJson ? Json(cells).ToJsonString() : PlainText.PrintableLines(Words(cells, Math.Min(surroundings.Width, 100)))).ConfigureAwait(false);
            return App.Done;
        }
        finally
        {
            foreach (PromptStudy study in places.Select(p => p.Model ?? p.Own))
            {
                study.Dispose();
            }
        }
    }

    private static async Task<PromptStudy> LoadAsync(Surroundings surroundings, string database, string name, ModelFile? model)
    {
        StoredFile file = await Shared.JudgedFileAsync(surroundings, database, name).ConfigureAwait(false);
        if (model is not null)
        {
            CheckCommand.On(file, model);
        }

        LoadedStudy loaded = LoadedStudy.Load(file.Read, file.Folder, surroundings.Endpoints);
        if (loaded is PromptStudy study)
        {
            return study;
        }

        loaded.Dispose();
        throw new InputException($"\"{name}\" searched programs; transfer is for prompts.");
    }

    private static async Task<List<(Place From, Prompt Found)>> FoundAsync(Surroundings surroundings, string database, IEnumerable<Place> places)
    {
        Journal journal = Shared.OpenJournal(surroundings, database);
        await using (journal.ConfigureAwait(false))
        {
            return [.. places.Select(place =>
            {
                StoredStudy stored = Shared.Find(journal, place.Name, surroundings);
                VerdictRow row = stored.Verdict!.Found;
                return (place, FoundPrompt.Read(journal.Candidates(stored, row.Name).First(c => c.Id == row.CandidateId)));
            })];
        }
    }

    private static string Words(List<Cell> cells, int width)
    {
        // The matrix, its columns by number; then each column with its intervals.
        IGrouping<Place, Cell>[] columns = [.. cells.GroupBy(c => c.To)];
        int name = Math.Max(5, cells.Max(c => c.From.Name.Length));
        List<string> lines =
        [
            $" {"against yours there, found by".PadRight(name)}{string.Concat(columns.Select((_, i) => Invariant($"[{i + 1}]").PadLeft(8)))}",
            .. cells.GroupBy(c => c.From).Select(row =>
                $" {row.Key.Name.PadRight(Math.Max(name, "against yours there, found by".Length))}{string.Concat(row.Select(c => FormatOf([c]).WithSign(c.Transfer.AgainstYours.Difference).PadLeft(8)))}"),
            "",
        ];
        for (int i = 0; i < columns.Length; i++)
        {
            Cell[] column = [.. columns[i]];
            Cell first = column[0];
            ScoreFormat format = FormatOf(column);
            lines.Add(Invariant($" [{i + 1}] {first.Transfer.Items:N0} test {first.To.Own.Noun} of {first.To.InWords}"));
            lines.Add($" {"found by".PadRight(name)}   score   against yours there");
            foreach (Cell cell in column)
            {
                string against = $"{format.WithSign(cell.Transfer.AgainstYours.Difference)} ({format.Range(cell.Transfer.AgainstYours.Interval)})";
                lines.Add($" {cell.From.Name.PadRight(name)}   {(cell.Transfer.Mean is { } mean ? format.Number(mean) : "none"),5}   {against}{(cell.From.Name == cell.To.Name && cell.To.Model is null ? "   at home" : "")}");
            }

            lines.Add($" {"yours".PadRight(name)}   {(first.Transfer.Yours is { } yours ? format.Number(yours) : "none"),5}");
            lines.Add("");
        }

        foreach (Cell cell in cells.Where(c => c.Moved.Dropped.Length > 0 && c.To.Model is null))
        {
            lines.AddRange(VerdictText.Wrap($"{cell.From.Name} went to {cell.To.Name} without {string.Join(", and without ", cell.Moved.Dropped)}.", width));
        }

        lines.AddRange(VerdictText.Wrap("Intervals are 95 %, paired by item, and not adjusted for their number: they describe. Measuring chooses nothing, and no verdict's ledger counts it.", width));
        return string.Join('\n', lines);
    }

    private static ScoreFormat FormatOf(IEnumerable<Cell> column) =>
        ScoreFormat.Of(column.First().To.Own.Scale, [.. column.SelectMany(c => (double?[])[c.Transfer.Mean, c.Transfer.Yours]).OfType<double>()]);

    private static JsonObject Json(List<Cell> cells) => new()
    {
        ["cells"] = new JsonArray([.. cells.Select(c => (JsonNode)new JsonObject
        {
            ["foundBy"] = c.From.Name,
            ["on"] = c.To.Name,
            ["model"] = (c.To.Model ?? c.To.Own).ModelInWords,
            ["items"] = c.Transfer.Items,
            ["mean"] = c.Transfer.Mean,
            ["yours"] = c.Transfer.Yours,
            ["difference"] = CheckCommand.Finite(c.Transfer.AgainstYours.Difference),
            ["low"] = CheckCommand.Finite(c.Transfer.AgainstYours.Interval.Low),
            ["high"] = CheckCommand.Finite(c.Transfer.AgainstYours.Interval.High),
            ["rejected"] = c.Transfer.Rejected,
            ["without"] = new JsonArray([.. c.Moved.Dropped.Select(d => (JsonNode)d)]),
            ["calls"] = c.Transfer.Spent.Calls,
            ["money"] = c.Transfer.Spent.Money,
        })]),
    };

    /// <summary>A column of the matrix: the test items of a study, on its own model or another.</summary>
    private sealed record Place(string Name, PromptStudy Own, PromptStudy? Model)
    {
        public string InWords => Model is null ? Name : $"{Name}, on {Model.ModelInWords}";
    }

    /// <summary>What one study found, in one place.</summary>
    private sealed record Cell(Place From, Place To, MovedPrompt Moved, Transfer Transfer);
}
