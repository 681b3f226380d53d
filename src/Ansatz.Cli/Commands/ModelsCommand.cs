using System.CommandLine;
using System.Globalization;
using Ansatz.Cli.Screen;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;

namespace Ansatz.Cli.Commands;

/// <summary>ansatz models check: what an endpoint really honours.</summary>
internal static class ModelsCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Argument<string> what = new("WHAT") { Description = "A study file, whose endpoints are checked; or the address of a server, with --name." };
        Option<string?> name = new("--name") { Description = "The model's name at that server.", HelpName = "MODEL" };
        Option<string> keyFrom = new("--key-from")
        {
            Description = "The environment variable that holds the key. Default: OPENAI_API_KEY.",
            HelpName = "VARIABLE",
            DefaultValueFactory = _ => OpenAiEndpoint.DefaultKeyFrom,
        };
        Option<bool> json = new("--json") { Description = "Writes one JSON object a line, one for each endpoint." };
        Command check = new("check", "Finds out what an endpoint really does of what it should, in seven short calls that it may bill.") { what, name, keyFrom, json };
        check.SetAction((parsed, cancellationToken) => CheckAsync(
            surroundings, parsed.GetRequiredValue(what), parsed.GetValue(name), parsed.GetRequiredValue(keyFrom), parsed.GetValue(json), cancellationToken));
        Command command = new("models", "What there is to know of models.") { check };
        return command;
    }

    private static async Task<int> CheckAsync(
        Surroundings surroundings, string what, string? name, string keyFrom, bool isJson, CancellationToken cancellationToken)
    {
        EndpointRemarks retries = new(surroundings with { Screen = null }); // nothing is redrawn here
        foreach ((string role, OpenAiEndpoint endpoint, Price price) in EndpointsOf(surroundings, what, name, keyFrom))
        {
            if (!isJson)
            {
                await surroundings.Output.WriteLineAsync(PlainText.Printable($"{(role.Length > 0 ? role + ": " : "")}{endpoint.Model} at {endpoint.Url.AbsoluteUri.TrimEnd('/')}")).ConfigureAwait(false);
            }

            EndpointReport report = await EndpointCheck.RunAsync(endpoint, price, retries.Add, surroundings.Clock, cancellationToken).ConfigureAwait(false);
            if (isJson)
            {
                await surroundings.Output.WriteLineAsync(report.ToJson()).ConfigureAwait(false);
                continue;
            }

            foreach (EndpointFinding finding in report.Findings)
            {
                string line = $"   {finding.What,-18} {Word(finding.Honoured),-8} {finding.Words}";
                await surroundings.Output.WriteLineAsync(PlainText.Printable(line)).ConfigureAwait(false);
            }

            Cost spent = report.Spent;
            string money = spent.UnpricedCalls > 0 ? "no known price" : string.Create(CultureInfo.InvariantCulture, $"{spent.Money:0.00####}");
            string median = report.MedianSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"a short call took {seconds:0.00} s; ") : "";
            await surroundings.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"   {median}the check: {spent.Calls} calls, {spent.InputTokens:N0} tokens in, {spent.OutputTokens:N0} out, {money}")).ConfigureAwait(false);
        }

        return App.Done;
    }

    private static string Word(Honoured honoured) => honoured switch
    {
        Honoured.Yes => "yes",
        Honoured.No => "no",
        Honoured.Refused => "refused",
        _ => "unclear",
    };

    private static List<(string Role, OpenAiEndpoint Endpoint, Price Price)> EndpointsOf(Surroundings surroundings, string what, string? name, string keyFrom)
    {
        if (what.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || what.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return [("", new OpenAiEndpoint(what, name ?? throw new InputException("A server may have several models; name one with --name.")) { KeyFrom = keyFrom, MaxRetries = 2 }, Price.Unknown)]; // somebody waits
        }

        if (what.Contains("://", StringComparison.Ordinal))
        {
            throw new InputException($"{PlainText.Printable(what)} is no address of an endpoint: it begins with http:// or https://.");
        }

        if (what == Endpoints.Embedded)
        {
            throw new InputException("The embedded model is no endpoint: it runs in this program and keeps every promise. Name a study file, or the address of a server.");
        }

        ReadStudyFile read = StudyFileReader.Read(surroundings.FullPath(what), surroundings.Shown(what));
        StudyFile file = read.Study;
        (string Path, ModelFile? Model)[] roles = [("model", file.Model), ("search.proposer", file.Search.Proposer), ("scorer.grader", file.Scorer.Grader)];
        List<(string, OpenAiEndpoint, Price)> found =
        [
            .. roles.Where(r => r.Model is { IsEndpoint: true }).Select(r => (r.Path, StudyModels.EndpointOf(read, r.Path, r.Model!), StudyModels.PriceOf(file, r.Model!))),
        ];
        return found.Count > 0 ? found : throw new InputException($"{surroundings.Shown(what)} names no endpoint: its models run on this machine.");
    }
}
