namespace Ansatz.Cli;

/// <summary>A candidate of a journal with its scores.</summary>
/// <param name="Arm">The arm that tried it.</param>
/// <param name="Candidate">The candidate.</param>
/// <param name="Train">Its mean on the train items that it was evaluated on; none where one was rejected.</param>
/// <param name="TrainItems">How many those are.</param>
/// <param name="Validation">Its mean on the validation items that it was evaluated on; none where one was rejected.</param>
/// <param name="ValidationItems">How many those are.</param>
/// <param name="Rejected">Why it was rejected first; none if it was not.</param>
internal sealed record StoredTrial(string Arm, StoredCandidate Candidate, double? Train, int TrainItems, double? Validation, int ValidationItems, string? Rejected)
{
    /// <summary>Whether it is better than another: on validation, or on train where there is none.</summary>
    public bool IsBetterThan(StoredTrial? other) => other is null || (Validation ?? Train) > (other.Validation ?? other.Train);

    /// <summary>The candidates of one arm, in order.</summary>
    public static StoredTrial[] Of(Journal journal, StoredStudy study, string arm) => Of(journal, study, arm, StoredBlock.Of(journal, study, arm));

    /// <summary>The candidates of one arm, in order.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="study">The study.</param>
    /// <param name="arm">The arm.</param>
    /// <param name="blocks">The arm's blocks.</param>
    public static StoredTrial[] Of(Journal journal, StoredStudy study, string arm, StoredBlock[] blocks)
    {
        ILookup<string, StoredBlock> byCandidate = blocks.ToLookup(b => b.Asked.Candidate);
        return [.. journal.Candidates(study, arm).Select(candidate =>
        {
            (double? train, int trainItems) = On(Split.Train);
            (double? validation, int validationItems) = On(Split.Validation);
            string? reason = byCandidate[candidate.Id].SelectMany(b => b.Outcomes).OfType<Rejected>().FirstOrDefault()?.Reason;
            return new StoredTrial(arm, candidate, train, trainItems, validation, validationItems, reason);

            (double? Mean, int Items) On(Split split)
            {
                Outcome[] outcomes = StoredBlock.OnItems(byCandidate[candidate.Id], split);
                return (outcomes.Length == 0 || outcomes.Any(o => o is Rejected) ? null : outcomes.Average(o => ((Scored)o).Score), outcomes.Length);
            }
        })];
    }
}
