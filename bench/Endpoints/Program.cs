// How close a study comes to what an endpoint allows: 64 calls at once on a server that takes 200 ms for each are 320 calls a second at best. A whole study is
// measured - prompts rendered, calls paced, every reply committed to the journal before it counts - and, beside it, a bare HTTP client on the same server.
//   dotnet run -c Release --project bench/Endpoints               five rounds, some two minutes: writes results.json and docs/endpoints.md
//   dotnet run -c Release --project bench/Endpoints -- --quick    one small round, written nowhere: does it work?
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz;
using Ansatz.Language;
using Ansatz.Prompts;
using Ansatz.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

const int atOnce = 64, milliseconds = 200, items = 200;
bool quick = args is ["--quick"];
int candidates = quick ? 4 : 16, rounds = quick ? 1 : 5, calls = candidates * items;
double ideal = calls * milliseconds / 1000.0 / atOnce; // seconds

await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
{
    await Task.Delay(milliseconds, context.RequestAborted);
    context.Response.ContentType = "application/json";
    await context.Response.WriteAsync(LoopbackServer.Completion("praise"));
});
string folder = Directory.CreateTempSubdirectory("ansatz-bench-").FullName;
string rows = Path.Combine(folder, "rows.csv");
await File.WriteAllTextAsync(rows, "text,label\n" + string.Join('\n', Enumerable.Range(0, 400).Select(i => $"{(i % 2 == 0 ? "good" : "bad")} thing number {i},{(i % 2 == 0 ? "praise" : "complaint")}")));

await BareAsync(2 * atOnce); // connections are open, code is compiled
await StudyAsync(-1, 1);
List<(double Study, double Bare)> measured = [];
for (int round = 0; round < rounds; round++)
{
    (double study, double bare) = round % 2 == 0
        ? (ideal / await StudyAsync(round, candidates), ideal / await BareAsync(calls))
        : Swapped((ideal / await BareAsync(calls), ideal / await StudyAsync(round, candidates)));
    measured.Add((study, bare));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: a study {study:0.0 %} of the ideal, a bare client {bare:0.0 %}"));
}

Directory.Delete(folder, recursive: true);
if (!quick)
{
    string root = Root();
    JsonObject results = new()
    {
        ["machine"] = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}"),
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["atOnce"] = atOnce,
        ["milliseconds"] = milliseconds,
        ["calls"] = calls,
        ["study"] = new JsonArray([.. measured.Select(m => (JsonNode)Math.Round(m.Study, 4))]),
        ["bare"] = new JsonArray([.. measured.Select(m => (JsonNode)Math.Round(m.Bare, 4))]),
    };
    await File.WriteAllTextAsync(Path.Combine(root, "bench", "Endpoints", "results.json"), results.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n");
    await File.WriteAllTextAsync(Path.Combine(root, "docs", "endpoints.md"), Page(results, [.. measured.Select(m => m.Study)], [.. measured.Select(m => m.Bare)]));
}

async Task<double> StudyAsync(int round, int count)
{
    using IChatClient model = new OpenAiEndpoint(server.Url, "tiny") { Concurrency = atOnce }.Open();
    DataSplits splits = Dataset.FromFile(rows, ["text"], "label").Split(20, items, 100, seed: 1);
    PromptPart part = new(PromptTemplate.Parse("{instruction}Review: {text}\nKind: {label}"), splits, open: new() { Instruction = new() });
    PromptObjective objective = new(part, new LabelScorer(), model, settings: new() { Concurrency = 2 * atOnce });
    await using Study<Prompt> study = Study.Open(
        Path.Combine(folder, $"round{round}.db"), objective, new AtOnce(count), Budget.Unlimited, 1, new() { Workers = 6, Controls = [Arm<Prompt>.OfYours()] });
    Stopwatch watch = Stopwatch.StartNew();
    await foreach (StudyEvent happened in study.RunAsync())
    {
        if (happened is ArmEnded)
        {
            break; // the search; the control is not measured
        }
    }

    return watch.Elapsed.TotalSeconds;
}

async Task<double> BareAsync(int count)
{
    using HttpClient client = new();
    const string question = """{"model":"tiny","messages":[{"role":"user","content":"Review: good thing\nKind:"}],"temperature":0,"max_tokens":256}""";
    Stopwatch watch = Stopwatch.StartNew();
    await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (_, token) =>
    {
        using StringContent body = new(question, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(new Uri(server.Url + "/chat/completions"), body, token);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(token));
    });
    return watch.Elapsed.TotalSeconds;
}

static string Page(JsonObject results, double[] study, double[] bare) => string.Create(CultureInfo.InvariantCulture, $"""
    # How well an endpoint is used

    A server that takes {milliseconds} ms for each call and lets {atOnce} run at once answers {atOnce * 1000 / milliseconds} calls a second at best. Of that, over {study.Length} rounds of {results["calls"]!.GetValue<int>():N0} calls:

    | | median | lowest | highest |
    |---|---|---|---|
    | a study, every reply committed to the journal | {Median(study):0.0 %} | {study.Min():0.0 %} | {study.Max():0.0 %} |
    | a bare HTTP client, nothing kept | {Median(bare):0.0 %} | {bare.Min():0.0 %} | {bare.Max():0.0 %} |

    The server runs in the same process on the same {results["machine"]} ({results["runtime"]}), so part of what is lost is its own. Calls of several blocks are under way at once, and as many
    again wait at the endpoint's door, so that no place is empty while a reply is written down or a block ends. This page and [its raw results](../bench/Endpoints/results.json) are
    written by

    ```sh
    dotnet run -c Release --project bench/Endpoints
    ```

    """).ReplaceLineEndings("\n");

static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

static (double, double) Swapped((double First, double Second) both) => (both.Second, both.First);

static string Root()
{
    string folder = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(folder, "Ansatz.slnx")))
    {
        folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("This program runs outside the repository.");
    }

    return folder;
}

/// <summary>Some instructions, each on all validation items, asked for at once.</summary>
internal sealed class AtOnce(int candidates) : Optimizer<Prompt>
{
    public override JsonObject Settings => new() { ["use"] = "at once", ["candidates"] = candidates };

    public override Task SearchAsync(Search<Prompt> search, CancellationToken cancellationToken) => search.EvaluateAsync(
        [.. Enumerable.Range(0, candidates).Select(i => search.WholeSplit(search.Propose(new() { Instruction = $"Instruction {i}." }, "one"), Split.Validation))],
        cancellationToken);
}
