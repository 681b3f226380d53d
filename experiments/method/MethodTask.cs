using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Language;
using Ansatz.LocalModels;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Method;

/// <summary>One task of the experiment: its data for each seed, its template, its slots, and its arms.</summary>
internal sealed record MethodTask
{
    /// <summary>How many studies a task has.</summary>
    public const int Seeds = 10;

    public required string Name { get; init; }

    /// <summary>What the seeds differ in, and on what they are judged, in a sentence.</summary>
    public required string Data { get; init; }

    /// <summary>What the items are called.</summary>
    public required string Noun { get; init; }

    public required PromptTemplate Template { get; init; }

    /// <summary>The user's own instruction.</summary>
    public required string Yours { get; init; }

    /// <summary>Five more that a person would write.</summary>
    public required ImmutableArray<string> HandWritten { get; init; }

    public required Func<int, DataSplits> Splits { get; init; }

    public required int Demonstrations { get; init; }

    /// <summary>Wordings of the labels where they are open; none where they are closed.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>>? Wordings { get; init; }

    /// <summary>Whether OPRO and its one step run beside few-shot search.</summary>
    public bool WithOpro { get; init; }

    public Study<Prompt> Open(string database, EmbeddedModel model, int seed)
    {
        PromptPart part = new(
            Template,
            Splits(seed),
            new() { Instruction = Yours },
            new()
            {
                Instruction = new() { Options = HandWritten },
                Demonstrations = new() { UpTo = Demonstrations },
                Labels = Wordings is null ? null : new() { Wordings = Wordings },
            });
        FewShotSearch search = new();
        List<Arm<Prompt>> controls =
        [
            .. part.Controls(new("found", ArmRole.Search, search, Budget.Unlimited)),
            new("best of 6 hand-written", ArmRole.Control, new BestInstruction(), Budget.Unlimited),
        ];
        if (WithOpro)
        {
            // 48 candidates, as many as few-shot search draws. The proposer goes on with a plain text, which suits this model better than its chat template.
            Opro opro = new(Propose(model)) { Steps = 6, PerStep = 8, Shown = 8, Layout = OproLayout.Pretrained, TopP = 0.95f, MaxTokens = 32, MaxCharacters = 160 };
            controls.Add(new("OPRO", ArmRole.Control, opro, Budget.Unlimited));
            controls.Add(new("OPRO's one step", ArmRole.Control, new OneStep(opro), Budget.Unlimited));
        }

        return Study.Open(
            database,
            new PromptObjective(part, new LabelScorer(), model, Noun),
            search,
            Budget.Unlimited,
            seed,
            new() { Name = string.Create(CultureInfo.InvariantCulture, $"{Name}/{seed}"), Series = Name, Controls = controls });
    }

    private static Proposer Propose(EmbeddedModel model) => new(model.Identity, async (request, cancellationToken) =>
    {
        Completion completion = await model.CompleteAsync(
            request.Text,
            new() { MaxTokens = request.MaxTokens, Temperature = request.Temperature, TopP = request.TopP, Seed = request.Seed, Stop = request.Stop is null ? [] : [request.Stop] },
            cancellationToken);
        return new(completion.Text, completion.PromptTokens, completion.CompletionTokens);
    });

    public static ImmutableArray<MethodTask> All(string data)
    {
        Lazy<ImmutableArray<DataSplits>> reviews = new(() =>
        {
            IEnumerable<(string, string)> rows = ((string[])["products.csv", "movies.csv"])
                .SelectMany(f => Dataset.FromCsv(Path.Combine(data, f), "text", "label").Items)
                .Select(i => (i.Fields["text"], i.Answer));
            return Dataset.FromRows(rows, "reviews").DisjointSplits(test: 300, sets: Seeds, train: 40, validation: 80, seed: 1);
        });
        MethodTask closed = new()
        {
            Name = "reviews-closed",
            Data = "Review sentences of products and of films, together. One test set of 300, locked; ten disjoint sets of 40 train and 80 validation items. Label words closed.",
            Noun = "reviews",
            Template = PromptTemplate.Parse("{instruction}{demonstrations}Review: {text}\nKind: {label}"),
            Yours = "Decide whether each review is praise or a complaint.",
            HandWritten =
            [
                "Is the customer pleased? Answer praise or complaint.",
                "Classify the review as praise or complaint.",
                "Read the review. If the writer liked it, the kind is praise. If not, the kind is complaint.",
                "Sort customer reviews by kind: praise or complaint.",
                "You are an expert in customer feedback. Say whether the review is praise or a complaint.",
            ],
            Splits = seed => reviews.Value[seed - 1],
            Demonstrations = 8,
            WithOpro = true,
        };
        MethodTask open = closed with
        {
            Name = "reviews-open",
            Data = "The same items, with the label words open: praise may be called praise, positive or good inside the prompt, complaint may be called complaint, negative or bad.",
            Wordings = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.WithComparers(StringComparer.Ordinal)
                .Add("complaint", ["complaint", "negative", "bad"])
                .Add("praise", ["praise", "positive", "good"]),
            WithOpro = false,
        };
        Lazy<ImmutableArray<DataSplits>> banking = new(() => Banking(data));
        MethodTask bank = new()
        {
            Name = "banking77",
            Data = "Customer messages to a bank. Ten disjoint sets of six of the 77 intents; in each 36 train and 60 validation items from the training file, and all test messages of the six intents (240).",
            Noun = "messages",
            Template = PromptTemplate.Parse("{instruction}{demonstrations}Message: {text}\nCategory: {label}"),
            Yours = "Sort the message into the right category.",
            HandWritten =
            [
                "Sort the message.",
                "What does the customer of the bank want?",
                "Classify the customer's message by its topic.",
                "You are an expert in customer support at a bank. Name the category of the message.",
                "Read the message and choose the category that fits best.",
            ],
            Splits = seed => banking.Value[seed - 1],
            Demonstrations = 12,
        };
        Lazy<ImmutableArray<DataSplits>> clinc = new(() => Clinc(data));
        MethodTask domains = bank with
        {
            Name = "clinc150-domains",
            Data = "Utterances to an assistant, by their domain (10). One test set of 300, locked; ten disjoint sets of 40 train and 80 validation items.",
            Noun = "utterances",
            HandWritten =
            [
                "Sort the message.",
                "What is the message about?",
                "Classify the message by its topic.",
                "You are an expert assistant. Name the category of the message.",
                "Read the message and choose the category that fits best.",
            ],
            Splits = seed => clinc.Value[seed - 1],
            Demonstrations = 10,
        };
        return [closed, open, bank, domains];
    }

    private static ImmutableArray<DataSplits> Banking(string data)
    {
        TextItem[] train = [.. Dataset.FromCsv(Path.Combine(data, "banking77-train.csv"), "text", "category").Items];
        TextItem[] test = [.. Dataset.FromCsv(Path.Combine(data, "banking77-test.csv"), "text", "category").Items];
        string[] intents = [.. train.Select(i => i.Answer).Distinct().Order(StringComparer.Ordinal)];
        new Rng(1, "intents").Shuffle<string>(intents);
        return
        [
            .. Enumerable.Range(0, Seeds).Select(set =>
            {
                HashSet<string> six = [.. intents.Skip(6 * set).Take(6)];
                Dataset Of(IEnumerable<TextItem> items) =>
                    Dataset.FromRows(items.Where(i => six.Contains(i.Answer)).Select(i => (i.Fields["text"], Words(i.Answer))), "banking77");
                return Of(train).Split(train: 36, validation: 60, Of(test), seed: 1);
            }),
        ];
    }

    private static ImmutableArray<DataSplits> Clinc(string data)
    {
        IEnumerable<(string, string)> rows = ((string[])["clinc150-train.csv", "clinc150-test.csv"])
            .SelectMany(f => Dataset.FromCsv(Path.Combine(data, f), "text", "domain").Items)
            .Where(i => i.Answer != "oos")
            .Select(i => (i.Fields["text"], Words(i.Answer)));
        return Dataset.FromRows(rows, "clinc150").DisjointSplits(test: 300, sets: Seeds, train: 40, validation: 80, seed: 1);
    }

    private static string Words(string name) => name.Replace('_', ' ').TrimEnd('?').ToLowerInvariant();
}
