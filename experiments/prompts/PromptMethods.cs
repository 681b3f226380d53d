using Ansatz.Language;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Prompts;

/// <summary>The optimizers that are compared, each with settings that make it ask for about as many rollouts as the others.</summary>
internal static class PromptMethods
{
    /// <summary>What any arm's search may spend, whatever its settings would ask for.</summary>
    public const int Rollouts = 2_500;

    /// <summary>The name of the search that a study is opened with.</summary>
    public const string FewShot = "few-shot search";

    /// <summary>Longer instructions are refused: a proposer of this size that does not stop by itself rambles.</summary>
    private const int Characters = 160;

    /// <summary>A proposer's longest reply.</summary>
    private const int Tokens = 32;

    /// <summary>A reflection is a reply of a chat model, which says a little before it comes to the point.</summary>
    private const int ReflectionTokens = 96;

    public static FewShotSearch Search => new(); // 48 candidates

    /// <summary>All others, in the order of the page. A control's search control follows it there.</summary>
    public static IEnumerable<(string Name, Optimizer<Prompt> Optimizer)> Others(Proposer plain, Proposer chat)
    {
        Writing writing = new() { Style = WritingStyle.Plain, TopP = 0.95f, MaxTokens = Tokens, MaxCharacters = Characters };
        return
        [
            ("OPRO", new Opro(plain) { Steps = 6, PerStep = 8, Shown = 8, Layout = OproLayout.Pretrained, TopP = 0.95f, MaxTokens = Tokens, MaxCharacters = Characters }),
            ("GrIPS", new Grips { Iterations = 10, PerIteration = 5 }),
            ("EvoPrompt GA", new EvoPromptGa(plain) { Population = 8, Generations = 6, Writing = writing with { Temperature = 0.5f } }),
            ("EvoPrompt DE", new EvoPromptDe(plain) { Population = 8, Generations = 6, Writing = writing with { Temperature = 0.5f } }),
            ("GEPA", new Gepa(chat) { Iterations = 60, MaxTokens = ReflectionTokens, MaxCharacters = Characters }),
            ("bootstrapped few-shot", new BootstrapFewShot { Candidates = 32 }), // a race: a third of them sees all validation items
            ("MIPROv2", new MiproV2(plain) { Size = MiproSize.Heavy, Writing = writing }),
        ];
    }

    /// <summary>The arms of a study beside its search: yours, none, draws, and every other optimizer with its search control, at equal budget.</summary>
    public static IReadOnlyList<Arm<Prompt>> Controls(PromptPart part, Proposer plain, Proposer chat)
    {
        Budget budget = Budget.Rollouts(Rollouts);
        List<Arm<Prompt>> arms = [.. part.Controls(new(FewShot, ArmRole.Search, Search, budget))];
        foreach ((string name, Optimizer<Prompt> optimizer) in Others(plain, chat))
        {
            Arm<Prompt> arm = new(name, ArmRole.Control, optimizer, budget);
            arms.Add(arm);
            arms.Add(part.Controls(arm).Single(c => c.Role == ArmRole.Control && c.Optimizer is not FixedFilling<Prompt>) is { } control
                ? control with { Name = ControlOf(name) }
                : throw new InvalidOperationException($"{name} has no search control."));
        }

        return arms;
    }

    /// <summary>What the search control of an optimizer is called on the page.</summary>
    public static string ControlOf(string name) => name switch
    {
        "OPRO" => "OPRO's one step",
        "GrIPS" => "GrIPS' random walk",
        "EvoPrompt GA" => "GA without selection",
        "EvoPrompt DE" => "DE without selection",
        "GEPA" => "GEPA's one reflection",
        "bootstrapped few-shot" => "labelled few-shot",
        _ => "MIPROv2's random pairs",
    };
}
