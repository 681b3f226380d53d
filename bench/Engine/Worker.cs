using System.Diagnostics;
using System.Text.Json;
using Ansatz.Language;
using Ansatz.LocalModels;
using Ansatz.Prompts;

namespace Ansatz.Bench.Engine;

/// <summary>What a worker is told to measure.</summary>
internal sealed record WorkerOrder(Cell Cell, int Round, int Candidates, int Items, int Tokens);

/// <summary>What a worker says first.</summary>
internal sealed record WorkerHello(string Kernels, string LLamaSharp, Dictionary<string, int> PrefixTokens, double ItemTokens);

/// <summary>
/// A process for each choice of kernels, since they are chosen once a process: it reads orders, a JSON object a line, and answers each with a
/// measurement. One worker is at work at a time, so cells of both can take turns.
/// </summary>
internal sealed class Worker : IDisposable
{
    private const string Prompt = "Once upon a time, there was a";

    private readonly Kernels _kernels;
    private readonly string _reviews;
    private readonly Dictionary<(string Weights, int BatchItems), EmbeddedModel> _models = [];
    private readonly Dictionary<string, BareEngine> _bare = [];
    private readonly Workload _workload;

    private Worker(Kernels kernels, string reviews)
    {
        (_kernels, _reviews) = (kernels, reviews);
        _workload = new(Model("q8_0", 20), reviews);
    }

    public static async Task RunAsync(string kernels, string reviews)
    {
        using Worker worker = new(kernels == "avx2" ? Kernels.Avx2 : Kernels.Fastest, reviews);
        Say(JsonSerializer.Serialize(worker.Hello(), SpeedJson.Default.WorkerHello));
        while (await Console.In.ReadLineAsync() is { Length: > 0 } line)
        {
            WorkerOrder order = JsonSerializer.Deserialize(line, SpeedJson.Default.WorkerOrder)!;
            Say(JsonSerializer.Serialize(await worker.MeasureAsync(order), SpeedJson.Default.Measurement));
        }

        static void Say(string line)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    public void Dispose()
    {
        foreach (EmbeddedModel model in _models.Values)
        {
            model.Dispose();
        }

        foreach (BareEngine engine in _bare.Values)
        {
            engine.Dispose();
        }
    }

    private WorkerHello Hello()
    {
        EmbeddedModel model = Model("q8_0", 20);
        return new(
            model.Kernels,
            model.Identity["llamasharp"]!.GetValue<string>(),
            new() { ["short"] = model.Tokenize(_workload.Prefix("short", 0)).Length, ["long"] = model.Tokenize(_workload.Prefix("long", 0)).Length },
            _workload.Items.Average(i => model.Tokenize(i).Length));
    }

    private async Task<Measurement> MeasureAsync(WorkerOrder order)
    {
        (string what, string weights, _, string size) = order.Cell;
        return what switch
        {
            "alone" => OfRollouts(order, (prefix, items) => Bare(weights).Alone(prefix, items, Workload.Labels)),
            "batches, bare" => OfRollouts(order, (prefix, items) => Bare(weights).Batched(prefix, items, Workload.Labels)),
            "one by one" => await OfScoringAsync(order, Model(weights, 1)),
            "batches" => await OfScoringAsync(order, Model(weights, 20)),
            "decode" => await OfSamplesAsync(order, Model(weights, 20)),
            "decode, bare" => OfTokens(order, int.Parse(size, System.Globalization.CultureInfo.InvariantCulture)),
            "study" => await OfStudyAsync(order, Model(weights, 20)),
            _ => throw new InvalidOperationException(what),
        };
    }

    private Measurement OfRollouts(WorkerOrder order, Action<string, IReadOnlyList<string>> score)
    {
        IReadOnlyList<string> items = [.. _workload.Items.Take(order.Items)];
        score(_workload.Prefix(order.Cell.Size, 99), [items[0]]); // loads what is loaded late
        long start = Stopwatch.GetTimestamp();
        for (int candidate = 0; candidate < order.Candidates; candidate++)
        {
            score(_workload.Prefix(order.Cell.Size, candidate), items);
        }

        return new(order.Cell, order.Round, order.Candidates * items.Count, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private async Task<Measurement> OfScoringAsync(WorkerOrder order, EmbeddedModel model)
    {
        IReadOnlyList<string> items = [.. _workload.Items.Take(order.Items)];
        await model.ScoreAsync(_workload.Prefix(order.Cell.Size, 99), [items[0]], Workload.Labels, firstTokenOnly: true, CancellationToken.None);
        long start = Stopwatch.GetTimestamp();
        for (int candidate = 0; candidate < order.Candidates; candidate++)
        {
            await model.ScoreAsync(_workload.Prefix(order.Cell.Size, candidate), items, Workload.Labels, firstTokenOnly: true, CancellationToken.None);
        }

        return new(order.Cell, order.Round, order.Candidates * items.Count, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static async Task<Measurement> OfSamplesAsync(WorkerOrder order, EmbeddedModel model)
    {
        int count = int.Parse(order.Cell.Size, System.Globalization.CultureInfo.InvariantCulture);
        CompletionOptions options = new() { Temperature = 1, Seed = order.Round, MaxTokens = order.Tokens };
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<Completion> samples = await model.SampleAsync(Prompt, count, options);
        return new(order.Cell, order.Round, samples.Sum(static s => s.CompletionTokens), Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private Measurement OfTokens(WorkerOrder order, int count) =>
        new(order.Cell, order.Round, count * order.Tokens, Bare(order.Cell.Weights).Generate(Prompt, count, order.Tokens));

    // The search of the README's study and the arm of the user's own prompt, without a verdict: what the loop, the journal and the objective add to the model's time.
    private async Task<Measurement> OfStudyAsync(WorkerOrder order, EmbeddedModel model)
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-bench").FullName;
        try
        {
            TimedModel timed = new(model);
            Dataset reviews = Dataset.FromCsv(_reviews, input: "text", answer: "label");
            PromptTemplate template = PromptTemplate.Parse("{instruction}{demonstrations}Review: {text}\nKind: {label}");
            PromptObjective objective = new(template, reviews.Split(train: 40, validation: 80, test: 300, seed: order.Round), new LabelScorer(), timed);
            StudyOptions<Prompt> options = new() { Controls = [Arm<Prompt>.OfYours()] };
            long start = Stopwatch.GetTimestamp();
            await using (Study<Prompt> study = Study.Open(
                Path.Combine(folder, "study.db"), objective, new FewShotSearch { Candidates = order.Candidates, Simplify = null }, Budget.Unlimited, order.Round, options))
            {
                await foreach (StudyEvent _ in study.RunAsync())
                {
                }
            }

            return new(order.Cell, order.Round, timed.Rollouts, Stopwatch.GetElapsedTime(start).TotalSeconds, timed.Elapsed.TotalSeconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private EmbeddedModel Model(string weights, int batchItems) =>
        _models.TryGetValue((weights, batchItems), out EmbeddedModel? model)
            ? model
            : _models[(weights, batchItems)] = EmbeddedModel.Load(new() { Kernels = _kernels, Requantize = weights == "q8_0", BatchItems = batchItems });

    private BareEngine Bare(string weights) =>
        _bare.TryGetValue(weights, out BareEngine? engine) ? engine : _bare[weights] = new(Model(weights, 20).WeightsFile);
}
