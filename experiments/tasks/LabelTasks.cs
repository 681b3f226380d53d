using System.Collections.Immutable;
using Ansatz.Language;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Tasks;

/// <summary>The tasks, and the data that they are drawn from.</summary>
/// <param name="data">The folder of the data.</param>
public sealed class LabelTasks(string data)
{
    private readonly Lazy<ImmutableArray<DataSplits>> _reviews = new(() => Draw(
        ((string[])["products.csv", "movies.csv"])
            .SelectMany(f => Dataset.FromCsv(Path.Combine(data, f), "text", "label").Items)
            .Select(i => (i.Fields["text"], i.Answer)),
        "reviews"));

    private readonly Lazy<ImmutableArray<DataSplits>> _banking = new(() => DrawBank(data));

    private readonly Lazy<ImmutableArray<DataSplits>> _clinc = new(() => Draw(
        ((string[])["clinc150-train.csv", "clinc150-test.csv"])
            .SelectMany(f => Dataset.FromCsv(Path.Combine(data, f), "text", "domain").Items)
            .Where(i => i.Answer != "out_of_scope")
            .Select(i => (i.Fields["text"], Words(i.Answer))),
        "clinc150"));

    private readonly Lazy<ImmutableArray<DataSplits>> _sms = new(() => DrawSms(data));

    /// <summary>Reviews, by what the customer thinks; label words closed.</summary>
    public LabelTask Reviews => new()
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
        Splits = seed => _reviews.Value[seed - 1],
        Demonstrations = 8,
    };

    /// <summary>The same items with the label words open.</summary>
    public LabelTask ReviewsOpen => Reviews with
    {
        Name = "reviews-open",
        Data = "The same items, with the label words open: praise may be called praise, positive or good inside the prompt, complaint may be called complaint, negative or bad.",
        Wordings = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.WithComparers(StringComparer.Ordinal)
            .Add("complaint", ["complaint", "negative", "bad"])
            .Add("praise", ["praise", "positive", "good"]),
    };

    /// <summary>Messages to a bank, six intents a seed.</summary>
    public LabelTask Bank => new()
    {
        Name = "banking77",
        Data = "Customer messages to a bank. Ten disjoint sets of six of the 77 intents; in each 36 train and 60 validation items from the training file, and all different test messages of the six intents (240; two of the file are the same).",
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
        Splits = seed => _banking.Value[seed - 1],
        Demonstrations = 12,
    };

    /// <summary>Utterances to an assistant, by their domain.</summary>
    public LabelTask Domains => Bank with
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
        Splits = seed => _clinc.Value[seed - 1],
        Demonstrations = 10,
    };

    /// <summary>Text messages, wanted or not.</summary>
    public LabelTask Sms => new()
    {
        Name = "sms",
        Data = "Text messages, spam or normal: the 600 and 900 first different ones in a drawn order, so that always saying normal is right in 60 of 100. One test set of 300, locked; ten disjoint sets of 40 train and 80 validation items.",
        Noun = "messages",
        Template = PromptTemplate.Parse("{instruction}{demonstrations}Message: {text}\nKind: {label}"),
        Yours = "Decide whether each text message is spam or normal.",
        HandWritten =
        [
            "Is the message wanted? Answer spam or normal.",
            "Classify the text message as spam or normal.",
            "Read the message. If it wants to sell something, the kind is spam. If a friend wrote it, the kind is normal.",
            "Sort text messages by kind: spam or normal.",
            "You are an expert in mobile phones. Say whether the message is spam or normal.",
        ],
        Splits = seed => _sms.Value[seed - 1],
        Demonstrations = 8,
    };

    private static ImmutableArray<DataSplits> Draw(IEnumerable<(string, string)> rows, string name) =>
        Dataset.FromRows(rows, name).DisjointSplits(test: 300, sets: LabelTask.Seeds, train: 40, validation: 80, seed: 1);

    private static ImmutableArray<DataSplits> DrawBank(string data)
    {
        TextItem[] train = [.. Dataset.FromCsv(Path.Combine(data, "banking77-train.csv"), "text", "category").Items];
        TextItem[] test = [.. Dataset.FromCsv(Path.Combine(data, "banking77-test.csv"), "text", "category").Items];
        string[] intents = [.. train.Select(i => i.Answer).Distinct().Order(StringComparer.Ordinal)];
        new Rng(1, "intents").Shuffle<string>(intents);
        return
        [
            .. Enumerable.Range(0, LabelTask.Seeds).Select(set =>
            {
                HashSet<string> six = [.. intents.Skip(6 * set).Take(6)];
                Dataset Of(IEnumerable<TextItem> items) =>
                    Dataset.FromRows(items.Where(i => six.Contains(i.Answer)).Select(i => (i.Fields["text"], Words(i.Answer))), "banking77");
                return Of(train).Split(train: 36, validation: 60, Of(test), seed: 1);
            }),
        ];
    }

    private static ImmutableArray<DataSplits> DrawSms(string data)
    {
        TextItem[] items = [.. Dataset.FromCsv(Path.Combine(data, "sms-spam.tsv"), "text", "label", DatasetOptions.LabelTabText).Items.DistinctBy(i => i.Key)];
        new Rng(1, "sms").Shuffle<TextItem>(items);
        return Draw(
            items.Where(i => i.Answer == "spam").Take(600).Concat(items.Where(i => i.Answer == "ham").Take(900))
                .Select(i => (i.Fields["text"], i.Answer == "ham" ? "normal" : i.Answer)),
            "sms");
    }

    private static string Words(string name) => name.Replace('_', ' ').TrimEnd('?').ToLowerInvariant();
}
