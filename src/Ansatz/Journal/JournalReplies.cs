using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz;

/// <summary>The replies within one effect, kept in the journal.</summary>
internal sealed class JournalReplies : Replies
{
    private readonly Journal _journal;
    private readonly long _study;
    private readonly string _arm;
    private readonly long _number;
    private readonly string _version;
    private readonly Lazy<ImmutableDictionary<(long Item, long Sample), (string Question, string Answer)>> _stored; // most that only compute never ask

    public JournalReplies(Journal journal, long study, string arm, long number, string version)
    {
        (_journal, _study, _arm, _number, _version) = (journal, study, arm, number, version);
        _stored = new(() => journal.RepliesOf(study, arm, number));
    }

    public override async Task<TReply> OnceAsync<TReply>(
        string question,
        int item,
        int sample,
        Func<CancellationToken, Task<TReply>> call,
        JsonTypeInfo<TReply> codec,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        string hash = ContentHash.Of(question);
        if (_stored.Value.TryGetValue((item, sample), out (string Question, string Answer) stored))
        {
            return stored.Question == hash
                ? JsonSerializer.Deserialize(stored.Answer, codec)!
                : throw new ReplayException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The study was begun with Ansatz {_version}, which asks differently at item {item} of effect {_number} of \"{_arm}\". Use that version, or begin again under another name."));
        }

        TReply reply = await call(cancellationToken).ConfigureAwait(false);
        string answer = JsonSerializer.Serialize(reply, codec);
        await _journal.WriteAsync(t => t.Execute(
            "INSERT INTO reply (study, arm, number, item, sample, question, answer) VALUES ($study, $arm, $number, $item, $sample, $question, $answer)",
            ("$study", _study),
            ("$arm", _arm),
            ("$number", _number),
            ("$item", item),
            ("$sample", sample),
            ("$question", hash),
            ("$answer", answer))).ConfigureAwait(false);
        return reply;
    }
}
