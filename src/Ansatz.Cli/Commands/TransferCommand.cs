using System.CommandLine;
using System.Text.Json.Nodes;
using Ansatz.Cli.Screen;
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
        Option<bool> dryRun = new("--dry-run") { Description = "Says how many rollouts it takes and what they may cost; spends and keeps nothing." };
        Command command = new("transfer", "Measures what was found on the test items of other studies and on other models, beside your own prompt there.") { studies, database, models, dryRun, json };
        command.SetAction((parsed, cancellationToken) => TransferAsync(
            surroundings, [.. parsed.GetRequiredValue(studies).Distinct()], parsed.GetRequiredValue(database), parsed.GetValue(models) ?? [], parsed.GetValue(dryRun), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> TransferAsync(Surroundings surroundings, string[] names, string database, string[] models, bool isDry, bool isJson, CancellationToken cancellationToken)
    {
        if (names.Length == 1 && models.Length == 0)
        {
            throw new InputException($"Where to? Name another study beside \"{names[0]}\", or another model with --model.");
        }

        // What was found; then place by place, so that few models are open at once.
        EndpointRemarks remarks = new(surroundings with { Screen = null }); // nothing is redrawn here
        List<Home> homes = [];
        foreach (string name in names)
        {
            using PromptStudy study = await LoadAsync(surroundings, remarks, database, name, model: null).ConfigureAwait(false);
            homes.Add(new(name, study.Part, study.ValueOf((await Shared.FoundAsync(surroundings, database, name).ConfigureAwait(false)).Found)));
        }

        List<Cell> cells = [];
        List<Bill> bills = [];
        long rollouts = 0;
        foreach (string name in names)
        {
            using PromptStudy own = await LoadAsync(surroundings, remarks, database, name, model: null).ConfigureAwait(false);
            await MeasureAsync(name, own, elsewhere: null).ConfigureAwait(false);
            foreach (string model in models.Distinct())
            {
                using PromptStudy other = await LoadAsync(surroundings, remarks, database, name, CheckCommand.Parse(model, surroundings)).ConfigureAwait(false);
                await MeasureAsync(name, own, other).ConfigureAwait(false);
            }
        }

        if (isDry)
        {
            string what = string.Join(", ", homes.Select(h => $"\"{h.Name}\""));
            await surroundings.Output.WriteLineAsync(Shared.MeasuringPlan($"What {what} found, and yours, in every place where they were not measured when they were judged", rollouts, bills, isJson)).ConfigureAwait(false);
            return App.Done;
        }

        await surroundings.Output.WriteLineAsync(isJson ? Json(cells).ToJsonString() : PlainText.PrintableLines(Words(cells, Math.Min(surroundings.Width, 100)))).ConfigureAwait(false);
        return App.Done;

        async Task MeasureAsync(string name, PromptStudy own, PromptStudy? elsewhere)
        {
            if (isDry)
            {
                Prompt[] asked = [.. homes.Where(h => elsewhere is not null || h.Name != name).Select(h => Moved(h, name, own).Prompt), .. elsewhere is null ? (Prompt[])[] : [own.Part.Yours]];
                rollouts += (long)asked.Length * own.Splits.Test.Length;
                bills.AddRange(asked.SelectMany((elsewhere ?? own).MeasuringBills));
                return;
            }

            Place to = new(name, (elsewhere ?? own).ModelInWords, elsewhere is null, own.Scale, own.Noun);
            Study<Prompt> study = own.OpenStudy(surroundings.FullPath(database), name, surroundings.Clock);
            await using (study.ConfigureAwait(false))
            {
                foreach (Home from in homes)
                {
                    MovedPrompt moved = Moved(from, name, own);
                    cells.Add(new(from, to, moved, await study.TransferAsync(moved.Prompt, elsewhere?.Objective, cancellationToken).ConfigureAwait(false)));
                    if (!isJson)
                    {
                        await surroundings.Error.WriteLineAsync(PlainText.Printable($"{from.Name} on {to.InWords}: done")).ConfigureAwait(false);
                    }
                }
            }
        }
    }

    private static MovedPrompt Moved(Home from, string to, PromptStudy there) => from.Name == to ? new(from.Found, [], 0) : PromptTransfer.Move(from.Found, from.Part, there.Part);

    private static async Task<PromptStudy> LoadAsync(Surroundings surroundings, EndpointRemarks remarks, string database, string name, ModelFile? model)
    {
        StoredFile file = await Shared.JudgedFileAsync(surroundings, database, name).ConfigureAwait(false);
        if (model is not null)
        {
            CheckCommand.On(file, model);
        }

        LoadedStudy loaded = LoadedStudy.Load(file.Read, file.Folder, surroundings.Endpoints, remarks.Open);
        if (loaded is PromptStudy study)
        {
            return study;
        }

        loaded.Dispose();
        throw new InputException($"\"{name}\" searched {(loaded is ProgramStudy ? "programs" : "a pipeline")}; transfer is for single prompts.");
    }

    private static string Words(List<Cell> cells, int width)
    {
        // The matrix, its columns by number; then each column with its intervals.
        IGrouping<Place, Cell>[] columns = [.. cells.GroupBy(c => c.To)];
        int name = Math.Max("found by".Length, cells.Max(c => c.From.Name.Length));
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
            lines.Add(Invariant($" [{i + 1}] {first.Transfer.Items:N0} test {first.To.Noun} of {first.To.InWords}"));
            lines.Add($" {"found by".PadRight(name)}   score   against yours there");
            foreach (Cell cell in column)
            {
                string against = $"{format.WithSign(cell.Transfer.AgainstYours.Difference)} ({format.Range(cell.Transfer.AgainstYours.Interval)})";
                lines.Add($" {cell.From.Name.PadRight(name)}   {(cell.Transfer.Mean is { } mean ? format.Number(mean) : "none"),5}   {against}{(cell.From.Name == cell.To.Name && cell.To.IsOwn ? "   at home" : "")}");
            }

            lines.Add($" {"yours".PadRight(name)}   {(first.Transfer.Yours is { } yours ? format.Number(yours) : "none"),5}");
            lines.Add("");
        }

        foreach (Cell cell in cells.Where(c => c.Moved.Dropped.Length > 0 && c.To.IsOwn))
        {
            lines.AddRange(VerdictText.Wrap($"{cell.From.Name} went to {cell.To.Name} without {string.Join(", and without ", cell.Moved.Dropped)}.", width));
        }

        foreach (Cell cell in cells.Where(c => c.Moved.Searched > 0 && c.To.IsOwn))
        {
            lines.AddRange(VerdictText.Wrap(Invariant($"{cell.From.Name} was searched on {cell.Moved.Searched:N0} of the {cell.Transfer.Items:N0} test {cell.To.Noun} of {cell.To.Name}: its figure there flatters it."), width));
        }

        lines.AddRange(VerdictText.Wrap("Intervals are 95 %, paired by item, and not adjusted for their number: they describe. Measuring chooses nothing, and no verdict's ledger counts it.", width));
        return string.Join('\n', lines);
    }

    private static ScoreFormat FormatOf(IEnumerable<Cell> column) => ScoreFormat.Of(
        column.First().To.Scale,
        [.. column.SelectMany(c => (double?[])[c.Transfer.Mean, c.Transfer.Yours]).OfType<double>()],
        [.. column.Select(c => c.Transfer.AgainstYours)]);

    private static JsonObject Json(List<Cell> cells) => new()
    {
        ["cells"] = new JsonArray([.. cells.Select(c => (JsonNode)new JsonObject
        {
            ["foundBy"] = c.From.Name,
            ["on"] = c.To.Name,
            ["model"] = c.To.Model,
            ["items"] = c.Transfer.Items,
            ["mean"] = c.Transfer.Mean,
            ["yours"] = c.Transfer.Yours,
            ["difference"] = CheckCommand.Finite(c.Transfer.AgainstYours.Difference),
            ["low"] = CheckCommand.Finite(c.Transfer.AgainstYours.Interval.Low),
            ["high"] = CheckCommand.Finite(c.Transfer.AgainstYours.Interval.High),
            ["rejected"] = c.Transfer.Rejected,
            ["searchedOn"] = c.Moved.Searched,
            ["without"] = new JsonArray([.. c.Moved.Dropped.Select(d => (JsonNode)d)]),
            ["calls"] = c.Transfer.Spent.Calls,
            ["money"] = c.Transfer.Spent.Money,
        })]),
    };

    /// <summary>A row of the matrix: a study, and what it found.</summary>
    private sealed record Home(string Name, PromptPart Part, Prompt Found);

    /// <summary>A column of the matrix: the test items of a study, on its own model or another.</summary>
    private sealed record Place(string Name, string Model, bool IsOwn, Scale Scale, string Noun)
    {
        public string InWords => IsOwn ? Name : $"{Name}, on {Model}";
    }

    /// <summary>What one study found, in one place.</summary>
    private sealed record Cell(Home From, Place To, MovedPrompt Moved, Transfer Transfer);
}
