using System.CommandLine;
using System.Text.Json.Nodes;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using static System.FormattableString;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz check: measures what a judged study found again, for a user's own CI: it fails where the found prompt no longer holds.</summary>
internal static class CheckCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> study = Shared.StudyArgument();
        Option<string> database = Shared.DatabaseOption();
        Option<string?> model = new("--model")
        {
            Description = "Another model to check on: embedded, a GGUF file, or an object as in study.json's \"model\". Default: the study's own.",
            HelpName = "MODEL",
        };
        Option<bool> asInstructions = new("--as-instructions")
        {
            Description = "Checks the prompt as an agent's instructions: what is the same for all items as the system's message, the item alone as the user's.",
        };
        Option<bool> json = new("--json") { Description = "Writes one JSON object." };
        Option<bool> dryRun = new("--dry-run") { Description = "Says how many rollouts it takes and what they may cost; spends and keeps nothing." };
        Command command = new("check", "Measures what was found again on the test items; exit code 3 where it scores below the bound that the verdict gave.") { study, database, model, asInstructions, dryRun, json };
        command.SetAction((parsed, cancellationToken) => CheckAsync(
            surroundings, parsed.GetRequiredValue(study), parsed.GetRequiredValue(database), parsed.GetValue(model), parsed.GetValue(asInstructions), parsed.GetValue(dryRun), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> CheckAsync(Surroundings surroundings, string name, string database, string? model, bool asInstructions, bool isDry, bool isJson, CancellationToken cancellationToken)
    {
        StoredFile file = await Shared.JudgedFileAsync(surroundings, database, name).ConfigureAwait(false);
        EndpointRemarks remarks = new(surroundings with { Screen = null }); // nothing is redrawn here
        using LoadedStudy loaded = LoadedStudy.Load(file.Read, file.Folder, surroundings.Endpoints, remarks.Open);
        if ((model is not null || asInstructions) && loaded is ProgramStudy)
        {
            throw new InputException($"{(asInstructions ? "--as-instructions" : "--model")} is for prompts: no model answers in the study \"{name}\".");
        }

        StoredFile other = await Shared.JudgedFileAsync(surroundings, database, name).ConfigureAwait(false);
        On(other, model is null ? other.Read.Study.Model : Parse(model, surroundings));
        if (asInstructions)
        {
            other.Read.Study.Prompt?.AsInstructions = true;
            other.Read.Study.Pipeline?.AsInstructions = true;
        }

        using LoadedStudy? elsewhere = model is null && !asInstructions ? null : LoadedStudy.Load(other.Read, other.Folder, surroundings.Endpoints, remarks.Open);

        if (isDry)
        {
            (StoredCandidate found, int items) = await Shared.FoundAsync(surroundings, database, name).ConfigureAwait(false);
            LoadedStudy there = elsewhere ?? loaded;
            string what = $"What \"{name}\" found, on its test {loaded.Noun}{(loaded is ProgramStudy ? "" : $" and {there.ModelInWords}")}";
            await surroundings.Output.WriteLineAsync(Shared.MeasuringPlan(what, items, there.MeasuringBills(found), isJson)).ConfigureAwait(false);
            return App.Done;
        }

        OpenStudy study = loaded.Open(surroundings.FullPath(database), name, surroundings.Clock);
        Check check;
        await using (study.ConfigureAwait(false))
        {
            check = await study.CheckAsync(elsewhere, cancellationToken).ConfigureAwait(false);
        }

        if (isJson)
        {
            await surroundings.Output.WriteLineAsync(Json(name, check).ToJsonString()).ConfigureAwait(false);
        }
        else
        {
            foreach (string line in VerdictText.Wrap(PlainText.Printable(Words(name, check, loaded, elsewhere)), Math.Min(surroundings.Width, 100)))
            {
                await surroundings.Output.WriteLineAsync(line).ConfigureAwait(false);
            }
        }

        return check.Holds ? App.Done : App.NoLongerHolds;
    }

    /// <summary>Has a stored study answered by another model, without a budget: what is measured after the verdict has none.</summary>
    internal static void On(StoredFile file, ModelFile model)
    {
        file.Read.Study.Search = file.Read.Study.Search with { Rollouts = null, Calls = null, Tokens = null, Money = null, Minutes = null, Plateau = null };
        file.Read.Study.Model = model;
    }

    /// <summary>A model as a word of the command line names it.</summary>
    /// <exception cref="InputException">It names none.</exception>
    internal static ModelFile Parse(string model, Surroundings surroundings)
    {
        if (!model.TrimStart().StartsWith('{'))
        {
            if (model.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || model.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            {
                throw new InputException($"--model names an endpoint as study.json does, with the model's name: --model '{{ \"baseUrl\": \"{model}\", \"name\": \"...\" }}'.");
            }

            return model == ModelFile.Embedded ? new() : new() { File = surroundings.FullPath(model) };
        }

        return StudyFileReader.ReadModel(model, "--model");
    }

    private static string Words(string name, Check check, LoadedStudy loaded, LoadedStudy? elsewhere)
    {
        ScoreFormat format = ScoreFormat.Of(loaded.Scale, [check.Then], check.Difference);
        string where = elsewhere is null ? "" : $" on {elsewhere.ModelInWords}{(PromptFiles.SolverOf(elsewhere.File).AsInstructions && !PromptFiles.SolverOf(loaded.File).AsInstructions ? ", as instructions" : "")}";
        string now = check.Mean is { } mean ? format.Number(mean) : "no number";
        string difference = Invariant($"{format.WithSign(check.Difference.Difference)}{format.Unit} since it was judged ({format.Range(check.Difference.Interval)})");
        string calls = check.Spent.Calls > 0 ? Invariant($", of {check.Spent.Calls:N0} calls") : "";
        return check.Holds
            ? Invariant($"\"{name}\" holds{where}: {now} on its {check.Items:N0} test {loaded.Noun}, not below the verdict's bound of {format.Number(check.Bound)}; {difference}. This was check {check.Number:N0}{calls}; a check chooses nothing.")
            : Invariant($"\"{name}\" no longer holds{where}: {now} on its {check.Items:N0} test {loaded.Noun}, below the verdict's bound of {format.Number(check.Bound)}; {difference}, {check.Rejected:N0} rejected. This was check {check.Number:N0}{calls}.");
    }

    private static JsonObject Json(string name, Check check) => new()
    {
        ["study"] = name,
        ["check"] = check.Number,
        ["holds"] = check.Holds,
        ["items"] = check.Items,
        ["mean"] = check.Mean,
        ["bound"] = check.Bound,
        ["then"] = check.Then,
        ["difference"] = Finite(check.Difference.Difference),
        ["low"] = Finite(check.Difference.Interval.Low),
        ["high"] = Finite(check.Difference.Interval.High),
        ["rejected"] = check.Rejected,
        ["rollouts"] = check.Spent.Rollouts,
        ["calls"] = check.Spent.Calls,
        ["tokens"] = check.Spent.InputTokens + check.Spent.OutputTokens,
        ["money"] = check.Spent.Money,
    };

    internal static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
