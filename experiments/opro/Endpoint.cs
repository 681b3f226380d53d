using System.Globalization;
using Ansatz.Language;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Experiments.OproPaper;

/// <summary>The two mathematical problems with a real model, five runs a problem as in the paper. Every reply is in the journal: stopped, the same command goes on.</summary>
internal sealed class Endpoint(string url, string model, string database) : IDisposable
{
    private const int Runs = 5;

    private readonly IChatClient _client = new OpenAiEndpoint(url, model).Open();

    public string Method => $"OPRO, {model}";

    public async Task<LineRow> RunAsync(Line truth, CancellationToken cancellationToken)
    {
        (int Steps, int Unique, bool IsSolved)[] runs = new (int, int, bool)[Runs];
        for (int run = 0; run < Runs; run++)
        {
            IReadOnlyList<Trial<Line>> trials = await TrialsAsync(
                Name("lines", $"{truth.W} {truth.B}", run), new LinearRegression(truth, run), new LinearRegressionOpro(Proposer.OfChat(_client)), run, cancellationToken);
            runs[run] = LineRuns.Read(trials, truth);
        }

        return new(truth.W, truth.B, Method, [.. runs.Select(r => r.Steps)], [.. runs.Select(r => r.Unique)], runs.Count(r => r.IsSolved));
    }

    public async Task<TourRow> RunAsync(int cities, CancellationToken cancellationToken)
    {
        (double Gap, int Steps)[] runs = new (double, int)[Runs];
        for (int map = 0; map < Runs; map++)
        {
            TravellingSalesman problem = TourRuns.WithOptimum(cities, map);
            runs[map] = TourRuns.Read(problem, await TrialsAsync(
                Name("tours", $"{cities}", map), problem, new TravellingSalesmanOpro(Proposer.OfChat(_client)), map, cancellationToken));
        }

        return new(cities, Method, [.. runs.Select(r => Math.Round(r.Gap, 4))], [.. runs.Select(r => r.Steps)]);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The search under the study's first seed alone: each run here has a problem of its own.</summary>
    private async Task<IReadOnlyList<Trial<T>>> TrialsAsync<T>(string name, Objective<T> objective, Optimizer<T> optimizer, int seed, CancellationToken cancellationToken)
    {
        await using Study<T> study = Study.Open(
            database, objective, optimizer, Budget.Unlimited, seed, new() { Name = name, Workers = 8, Controls = [Arm<T>.OfYours()] });
        await foreach (StudyEvent e in study.RunAsync(cancellationToken))
        {
            if (e is ArmEnded)
            {
                break;
            }
        }

        return study.Trials("found");
    }

    private string Name(string problem, string which, int run) => string.Create(CultureInfo.InvariantCulture, $"{problem} {which}, {model}, {run + 1}");
}
