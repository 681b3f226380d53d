namespace Ansatz;

/// <summary>The part of a system that is left open, and what a search has to beat. One subclass a kind of open part.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
public abstract class OpenPart<T>
{
    /// <summary>The user's own filling, which every search is compared with.</summary>
    public abstract T Yours { get; }

    /// <summary>What one filling is called in a sentence, in the singular: "prompt".</summary>
    public virtual string Noun => "candidate";

    /// <summary>A filling in a few words, for tables: "labels positive/negative + 4 examples".</summary>
    public virtual string Describe(T value) => value?.ToString() ?? "";

    /// <summary>Whether a candidate with another text than the user's own is also more than that: where a proposer replied and none is, nothing usable came from it.</summary>
    public virtual bool IsNew(Candidate<T> candidate) => true;

    /// <summary>The arms that <paramref name="search"/> has to beat, unless the user says otherwise. The user's own filling is always the first.</summary>
    public virtual IReadOnlyList<Arm<T>> Controls(Arm<T> search) => [Arm<T>.OfYours()];
}
