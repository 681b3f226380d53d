using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz;

/// <summary>
/// Counts what a search has learnt something from, and pauses one that learns nothing: no answer has a score, or no reply of its proposer could be tried. The test items would be spent on it, and much else before.
/// </summary>
/// <remarks>A function of the answers alone, so a replay pauses in the same place. It is no end of the arm: where that is allowed, the same study goes on.</remarks>
internal sealed class UsefulAnswers
{
    private const int Fewest = 20; // that were of no use before a search pauses in the middle

    private Rejected? _firstRejected;
    private long _rejected, _scored;
    private long _replies; // of a proposer
    private long _tried; // those of them that came before the last evaluation: what was made of them has been asked about

    /// <summary>Counts the answers of a block.</summary>
    public void Count(ImmutableArray<Outcome> outcomes)
    {
        _firstRejected ??= outcomes.OfType<Rejected>().FirstOrDefault();
        _rejected += outcomes.RejectedCount;
        _scored += outcomes.Length - outcomes.RejectedCount;
    }

    /// <summary>Counts replies of a proposer.</summary>
    public void CountReplies(int count) => _replies += count;

    /// <summary>Notes that candidates are asked about: if anything could be made of the replies so far, it is among them.</summary>
    public void TryReplies() => _tried = _replies;

    /// <summary>Pauses in the middle of a search, where enough has come to tell.</summary>
    /// <inheritdoc cref="RequireProposals" path="/exception"/>
    public void RequireProposalsSoFar(bool isNew)
    {
        if (_tried >= Fewest)
        {
            RequireProposals(isNew);
        }
    }

    /// <summary>Pauses in the middle of a search, where enough has come to tell: more than the user's own.</summary>
    /// <inheritdoc cref="RequireScores" path="/exception"/>
    public void RequireScoresSoFar(int candidates)
    {
        if (candidates > 1 && _rejected >= Fewest)
        {
            RequireScores();
        }
    }

    /// <summary>Refuses to go on where nothing that a proposer replied could be tried: what is judged then is the user's own.</summary>
    /// <param name="isNew">Whether any candidate is more than the user's own.</param>
    /// <exception cref="InputException">There are replies, and no candidate was made of them.</exception>
    public void RequireProposals(bool isNew)
    {
        if (_replies > 0 && !isNew)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{(_replies == 1 ? "The one reply of the proposer so far gave nothing to try: it was" : $"None of the {_replies:N0} replies of the proposer so far gave anything to try: they were")} empty, cut off, too long, known already, or not allowed. So the study stops here, before it spends more; its test items are untouched. Look at what the proposer answers and at how long its replies may be, and begin again under another name; or let it go on ({nameof(StudyOptions<>.AllowRejected)})."))
            { WaysOn = WaysOn.AnotherName | WaysOn.AllowRejected };
        }
    }

    /// <summary>Refuses to go on where every answer so far was rejected.</summary>
    /// <exception cref="InputException">There are answers, and none of them has a score.</exception>
    public void RequireScores()
    {
        if (_scored > 0 || _firstRejected is not { } first)
        {
            return;
        }

        string raw = string.Join(' ', (first.Raw ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        string quoted = raw.Length == 0 ? "" : $" The answer was: \"{(raw.Length <= 200 ? raw : raw[..200] + "...")}\".";
        throw new InputException(string.Create(
            CultureInfo.InvariantCulture,
            $"All {_rejected:N0} answers so far were rejected, the first because: {first.Reason}{quoted} Nothing can be learnt from that, so the study stops here, before it spends more; its test items are untouched. Look at what the model is asked and how its answers are read (the template, the labels, the scorer, the longest reply), and begin again under another name. If the search is meant to mend just this, let it go on ({nameof(StudyOptions<>.AllowRejected)})."))
        { WaysOn = WaysOn.AnotherName | WaysOn.AllowRejected };
    }
}
