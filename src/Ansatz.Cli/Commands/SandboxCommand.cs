using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Ansatz.Sandbox;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz sandbox selftest: attacks the sandbox on this machine.</summary>
internal static class SandboxCommand
{
    private const int CauseCharacters = 90;

    public static Command Create(Surroundings surroundings)
    {
        Option<bool> json = new("--json") { Description = "Writes one JSON object an attack." };
        Command selftest = new("selftest", "Attacks the sandbox on this machine, with its walls and without; exit code 1 where an attack gets through, or a row shows nothing.") { json };
        selftest.SetAction((parsed, cancellationToken) => SelftestAsync(surroundings, parsed.GetValue(json), cancellationToken));
        return new("sandbox", "What there is to know of the sandbox.") { selftest };
    }

    private static async Task<int> SelftestAsync(Surroundings surroundings, bool isJson, CancellationToken cancellationToken)
    {
        if (!isJson && ProgramSandbox.MissingHere is { } missing)
        {
            await surroundings.Output.WriteLineAsync(PlainText.Printable(missing)).ConfigureAwait(false);
        }
        else if (!isJson)
        {
            long begun = surroundings.Clock.GetTimestamp();
            using ProgramSandbox sandbox = await ProgramSandbox.OpenAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            TimeSpan took = surroundings.Clock.GetElapsedTime(begun);
            await surroundings.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"A process for programs is locked here by: {sandbox.Holds}. It took {took.TotalMilliseconds:0} ms.")).ConfigureAwait(false);
        }

        return await WriteAsync(surroundings.Output, SandboxSelfTest.RunAsync(cancellationToken), isJson, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the table as it comes, and what it comes to.</summary>
    internal static async Task<int> WriteAsync(TextWriter output, IAsyncEnumerable<AttackRow> rows, bool isJson, CancellationToken cancellationToken)
    {
        int attacks = 0, escapes = 0, unclear = 0, controls = 0;
        await foreach (AttackRow row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            attacks++;
            escapes += row.IsEscape ? 1 : 0;
            unclear += row.Holds || row.IsEscape ? 0 : 1;
            controls += row.Control is null ? 0 : 1;
            if (isJson)
            {
                await output.WriteLineAsync(Json(row).ToJsonString()).ConfigureAwait(false);
                continue;
            }

            string verdict = row.IsEscape ? "ESCAPE" : row.Holds ? "held" : "UNCLEAR";
            string cause = row.Actual.Length > CauseCharacters ? row.Actual[..CauseCharacters] + "..." : row.Actual;
            await output.WriteLineAsync(PlainText.Printable($" {verdict,-7}  {row.Profile,-7}  {row.Wall,-17}  {row.Attack}: {cause}")).ConfigureAwait(false);
            if (!row.Holds)
            {
                await output.WriteLineAsync(PlainText.Printable($"          expected: {row.Expected}; without walls: {row.Control ?? "not tried"}")).ConfigureAwait(false);
            }
        }

        if (!isJson)
        {
            string rest = unclear > 0 ? $", {unclear} unclear" : "";
            await output.WriteLineAsync($"{attacks} attacks: {escapes} {PlainText.Plural(escapes, "escape")}{rest}. {controls} of them were run a second time without walls, where they have to succeed.").ConfigureAwait(false);
        }

        return escapes + unclear == 0 ? App.Done : App.Failed;
    }

    private static JsonObject Json(AttackRow row) => new()
    {
        ["profile"] = row.Profile,
        ["attack"] = row.Attack,
        ["wall"] = row.Wall,
        ["expected"] = row.Expected,
        ["actual"] = row.Actual,
        ["control"] = row.Control,
        ["holds"] = row.Holds,
        ["escape"] = row.IsEscape,
    };
}
