using Ansatz.Prompts;

namespace Ansatz.Cli.Commands;

/// <summary>What a judged study found, with its template, from what is stored alone.</summary>
/// <param name="File">The study file that it was begun with.</param>
/// <param name="Template">The locked text.</param>
/// <param name="Prompt">What was found.</param>
internal sealed record FoundFilling(StoredFile File, PromptTemplate Template, Prompt Prompt)
{
    /// <exception cref="InputException">The study has no verdict yet.</exception>
    public static FoundFilling Of(Journal journal, StoredStudy study, Surroundings surroundings)
    {
        if (study.Verdict?.Found is not { CandidateId: { } id } found)
        {
            throw new InputException($"The study \"{study.Name}\" has no verdict yet, so nothing was found; the command that began it goes on.");
        }

        StoredFile file = Shared.FileOf(study, journal, surroundings);
        return new(
            file,
            PromptTemplate.Parse(file.Read.Study.Prompt.Template),
            FoundPrompt.Read(journal.Candidates(study, found.Name).First(c => c.Id == id)));
    }
}
