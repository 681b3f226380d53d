using System.Globalization;
using Ansatz.Language;
using Ansatz.Prompts;

namespace Ansatz.Experiments.Prompts;

/// <summary>An optimizer of the comparison, and its search control: the same proposals without its mechanism.</summary>
/// <param name="Name">What it is called on the page.</param>
/// <param name="Control">What its search control is called there.</param>
/// <param name="Optimizer">Made of a proposer that goes on with a plain text, and of one that chats.</param>
internal sealed record PromptMethod(string Name, string Control, Func<Proposer, Proposer, Optimizer<Prompt>> Optimizer)
{
    /// <summary>What any arm's search may spend at most: it is GEPA's end. All others are set so that they ask for less.</summary>
    public const int Rollouts = 2_500;

    private const int Characters = 200; // longer instructions are refused: a proposer of this size that does not stop by itself rambles
    private const int Tokens = 40; // a proposer's longest reply

    private static readonly Writing s_writing = new() { Style = WritingStyle.Plain, TopP = 0.95f, MaxTokens = Tokens, MaxCharacters = Characters };

    /// <summary>The search that a study is opened with. Nothing is simplified, here and below: dropping an instruction that 80 items cannot tell from none would decide the comparison.</summary>
    public static FewShotSearch Search => new() { Simplify = null }; // 48 candidates

    /// <summary>All others, in the order of the page.</summary>
    public static IReadOnlyList<PromptMethod> All { get; } =
    [
        new("OPRO", "OPRO's one step", (plain, _) => new Opro(plain) { Steps = 6, PerStep = 7, Shown = 8, Layout = OproLayout.Pretrained, TopP = 0.95f, MaxTokens = Tokens, MaxCharacters = Characters, Simplify = null }),
        new("GrIPS", "GrIPS' random walk", (_, _) => new Grips { Iterations = 10, PerIteration = 5, Simplify = null }),
        new("EvoPrompt GA", "GA without selection", (plain, _) => new EvoPromptGa(plain) { Population = 8, Generations = 5, Writing = s_writing with { Temperature = 0.5f }, Simplify = null }),
        new("EvoPrompt DE", "DE without selection", (plain, _) => new EvoPromptDe(plain) { Population = 8, Generations = 5, Writing = s_writing with { Temperature = 0.5f }, Simplify = null }),
        new("GEPA", "GEPA's one reflection", (_, chat) => new Gepa(chat) { Iterations = 1000, MaxTokens = Tokens, MaxCharacters = Characters, Simplify = null }),
        new("bootstrapped few-shot", "labelled few-shot", (_, _) => new BootstrapFewShot { Candidates = 26, Simplify = null }),
        new("MIPROv2", "MIPROv2's random pairs", (plain, _) => new MiproV2(plain) { Size = MiproSize.Heavy, Writing = s_writing, Simplify = null }),
    ];

    /// <summary>The arms of a study beside its search: yours, none, draws, and every other optimizer with its search control, with the same limit.</summary>
    public static IReadOnlyList<Arm<Prompt>> Controls(PromptPart part, int validation, Proposer plain, Proposer chat)
    {
        Budget budget = Budget.Rollouts(Rollouts);
        List<Arm<Prompt>> arms = [.. part.Controls(new("search", ArmRole.Search, Search, budget))];
        foreach (PromptMethod method in All)
        {
            Arm<Prompt> arm = new(method.Name, ArmRole.Control, method.Optimizer(plain, chat), budget);
            if (Most(arm.Optimizer, part, validation) is { } most && most > Rollouts)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{method.Name} may ask for {most} rollouts, and would be cut off before it has chosen."));
            }

            arms.Add(arm);
            arms.Add(part.Controls(arm).Single(c => c.Role == ArmRole.Control && c.Optimizer is not FixedFilling<Prompt>) with { Name = method.Control });
        }

        return arms;
    }

    private static long? Most(Optimizer<Prompt> optimizer, PromptPart part, int validation) => optimizer switch
    {
        Opro opro => opro.MostRollouts(part.Instructions.Length, part.Train.Length, validation),
        Grips grips => grips.MostRollouts(part.Train.Length, validation),
        EvoPromptGa ga => ga.MostRollouts(part.Instructions.Length, part.Train.Length, validation),
        EvoPromptDe de => de.MostRollouts(part.Instructions.Length, part.Train.Length, validation),
        BootstrapFewShot bootstrap => bootstrap.MostRollouts(part.Train.Length, validation),
        MiproV2 mipro => mipro.MostRollouts(part, part.Train.Length, validation),
        _ => null,
    };
}
