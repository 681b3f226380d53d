using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz compare: a series, several ways to search over several seeds or tasks, searched and judged together, as one table.</summary>
internal static class CompareCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> file = new("FILE") { Description = "The series file." };
        Option<string> database = Shared.DatabaseOption();
        Option<bool> json = new("--json") { Description = "Writes one JSON object a line: the events of each study, and the verdict over all at the end." };
        Option<bool> dryRun = new("--dry-run") { Description = "Says what would be done and about how long it would take; spends and keeps nothing." };
        Command command = new("compare", "Runs a series, or goes on with it: several ways to search, each on several seeds or tasks, and one table.") { file, database, dryRun, json };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(dryRun)
            ? PlanAsync(surroundings, parsed.GetRequiredValue(file), parsed.GetRequiredValue(database), parsed.GetValue(json), cancellationToken)
            : CompareAsync(surroundings, parsed.GetRequiredValue(file), parsed.GetRequiredValue(database), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> PlanAsync(Surroundings surroundings, string file, string database, bool isJson, CancellationToken cancellationToken)
    {
        using SeriesRun run = SeriesRun.Read(surroundings, file, database);
        StudyPlan plan = await run.PlanAsync(cancellationToken).ConfigureAwait(false);
        await surroundings.Output.WriteLineAsync(isJson ? plan.Json.ToJsonString() : PlainText.PrintableLines(string.Join('\n', plan.Lines))).ConfigureAwait(false);
        return App.Done;
    }

    private static async Task<int> CompareAsync(Surroundings surroundings, string file, string database, bool isJson, CancellationToken cancellationToken)
    {
        using SeriesRun run = SeriesRun.Read(surroundings, file, database);
        string again = surroundings.CommandLine(["compare", file, .. Shared.DatabaseWords(surroundings, database), .. isJson ? (string[])["--json"] : []]);
        string kept = $"Everything so far is kept in {surroundings.Shown(surroundings.FullPath(database))}; the same command goes on: {again}";
        List<Verdict> verdicts = [];
        try
        {
            await foreach (SeriesEvent happened in run.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                if (happened.Event is StudyJudged judged)
                {
                    verdicts.Add(judged.Verdict);
                }

                if ((isJson ? JsonSerializer.Serialize(happened, SeriesJson.Default.SeriesEvent) : Words(happened)) is { } line)
                {
                    await surroundings.Output.WriteLineAsync(isJson ? line : PlainText.Printable(line)).ConfigureAwait(false);
                    await surroundings.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await surroundings.Error.WriteLineAsync($"Stopped. {kept}").ConfigureAwait(false);
            return App.Interrupted;
        }
        catch (FaultException e)
        {
            throw new FaultException($"{e.Message}\n{kept}", e);
        }

        SeriesVerdict verdict = run.Judge(verdicts);
        if (isJson)
        {
            await surroundings.Output.WriteLineAsync(JsonSerializer.Serialize(verdict, SeriesJson.Default.SeriesVerdict)).ConfigureAwait(false);
            return App.Done;
        }

        await surroundings.Output.WriteLineAsync("\n" + PlainText.PrintableLines(Text(verdict, run, Math.Min(surroundings.Width, 100)))).ConfigureAwait(false);
        return App.Done;
    }

    private static string? Words(SeriesEvent happened) => happened.Event switch
    {
        ArmEnded { Spent.Rollouts: > 0 } e => string.Create(CultureInfo.InvariantCulture, $"{happened.Study}: {e.Arm}: {e.How}, {e.Spent.Rollouts:N0} rollouts"),
        StudyJudged e => $"{happened.Study}: {ScoreFormat.Of(e.Verdict).Number(e.Verdict.Found.Mean)} found, {ScoreFormat.Of(e.Verdict).WithSign(e.Verdict.AgainstYours.Difference)} against yours",
        _ => null,
    };

    // The verdict, then each search against its own control and against the ones after it.
    private static string Text(SeriesVerdict verdict, SeriesRun run, int width)
    {
        string[] names = [.. run.Searches];
        IEnumerable<(string, string)> pairs = names.SelectMany((name, k) => verdict.Rows.Select(r => r.Name)
            .Where(other => other.StartsWith($"{name}: ", StringComparison.Ordinal) || names.Skip(k + 1).Contains(other, StringComparer.Ordinal))
            .Select(other => (name, other)));
        return string.Join('\n', [
            SeriesText.Render(verdict, width), "",
            .. pairs.SelectMany(p => VerdictText.Wrap(SeriesText.Pair(verdict, p.Item1, p.Item2), width)),
        ]);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SeriesEvent))]
[JsonSerializable(typeof(SeriesVerdict))]
internal sealed partial class SeriesJson : JsonSerializerContext;
