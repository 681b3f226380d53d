namespace Ansatz.Prompts;

/// <summary>Where OPRO's instruction stands in the solver's prompt. Yang et al. 2023, arXiv:2309.03409, section 5.1.</summary>
/// <remarks>
/// Each is a ready-made <see cref="PromptTemplate"/>, zero-shot; any other template with a hole for the instruction does as well. The proposer is shown items
/// as the very template renders them, so that what it sees is what the solver will see. (In the reference code the two differ by a line end.)
/// </remarks>
public enum OproPlacement
{
    /// <summary><c>I\nQ: q\n\nA:</c>.</summary>
    BeforeQuestion,

    /// <summary><c>Q: I\nq\n\nA:</c>, or <c>I\nq</c> without the frame: for solvers that were tuned on instructions.</summary>
    QuestionBegin,

    /// <summary><c>Q: q\nI\n\nA:</c>, or <c>q\nI</c> without the frame.</summary>
    QuestionEnd,

    /// <summary><c>Q: q\n\nA: I</c>: for solvers that only continue a text, which then begins with the instruction.</summary>
    AnswerBegin,
}

/// <summary>The placements as templates.</summary>
public static class OproPlacementTemplates
{
    extension(OproPlacement placement)
    {
        /// <summary>The template of a placement.</summary>
        /// <param name="question">The column that is shown.</param>
        /// <param name="answer">The column of the right answers.</param>
        /// <param name="isFramed">Whether the question stands after "Q:" and the answer after "A:".</param>
        /// <exception cref="ArgumentException">Before the question and at the answer's beginning, an instruction needs the frame to stand outside of.</exception>
        public PromptTemplate Template(string question, string answer, bool isFramed = true) => PromptTemplate.Parse((placement, isFramed) switch
        {
            (OproPlacement.BeforeQuestion, true) => $"{{instruction\n}}Q: {{{question}}}\n\nA: {{{answer}}}",
            (OproPlacement.QuestionBegin, true) => $"Q: {{instruction\n}}{{{question}}}\n\nA: {{{answer}}}",
            (OproPlacement.QuestionBegin, false) => $"{{instruction\n}}{{{question}}}{{{answer}}}",
            (OproPlacement.QuestionEnd, true) => $"Q: {{{question}}}{{\ninstruction}}\n\nA: {{{answer}}}",
            (OproPlacement.QuestionEnd, false) => $"{{{question}}}{{\ninstruction}}{{{answer}}}",
            (OproPlacement.AnswerBegin, true) => $"Q: {{{question}}}\n\nA:{{ instruction}} {{{answer}}}",
            _ => throw new ArgumentException($"The placement {placement} needs the frame of \"Q:\" and \"A:\"; without it, take {OproPlacement.QuestionBegin} or {OproPlacement.QuestionEnd}.", nameof(isFramed)),
        });
    }
}
