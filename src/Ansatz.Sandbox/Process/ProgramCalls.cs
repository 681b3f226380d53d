using System.Diagnostics;
using System.Text;

namespace Ansatz.Sandbox;

/// <summary>Calls of one program in one locked process, one after the other. Not thread-safe.</summary>
internal sealed class ProgramCalls(ChildProcess child, CompiledProgram program, ProgramLimits limits)
{
    private ProgramFailure? _failure;
    private long _since; // timestamp of the call that is under way; 0 for none

    /// <summary>Why a call ended without an answer; none if none did.</summary>
    public ProgramFailure? Failure => _failure;

    /// <summary>Whether the process ended while it was called: its exit code says why.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Since when a call has been under way, as a timestamp; none while nobody waits for the child. From any thread.</summary>
    public long? WaitingSince => Volatile.Read(ref _since) is not 0 and var since ? since : null;

    /// <summary>Gives the child its program.</summary>
    public void Begin() => Exchange(() =>
    {
        Pipes.Write(child.Input, Pipes.Given, program.Image);
        Pipes.Write(child.Input, Pipes.Given, program.DebugImage);
        Pipes.Write(child.Input, Pipes.Given, BitConverter.GetBytes(ProgramHost.UntilTheEnd));
        return "";
    });

    /// <summary>One call. After one that failed every further one fails the same way.</summary>
    /// <exception cref="ProgramFailureException">There is no answer.</exception>
    public string Ask(string input)
    {
        string? answer = _failure is not null ? null : Exchange(() =>
        {
            Pipes.Write(child.Input, Pipes.Given, input);
            switch (Pipes.ReadAnswer(child.Output, limits.AnswerBytes))
            {
                case (Pipes.Answer, { } text):
                    return Encoding.UTF8.GetString(text);
                case { } message:
                    _failure = ProgramSandbox.Failure(program, message.Content);
                    return null;
                default:
                    throw new IOException(); // it has ended
            }
        });
        return answer ?? throw new ProgramFailureException(_failure!);
    }

    /// <summary>The answer was none: this call and every further one fail.</summary>
    public ProgramFailureException Nonsense(ProgramFailure failure) => new(_failure ??= failure);

    private string? Exchange(Func<string?> talk)
    {
        Volatile.Write(ref _since, Stopwatch.GetTimestamp());
        try
        {
            return talk();
        }
        catch (IOException)
        {
            (_failure, HasEnded) = (new(ProgramCause.Ended, "The program's process has ended."), true);
            return null;
        }
        catch (InvalidDataException)
        {
            child.Kill();
            _failure = ProgramSandbox.TooLong(limits);
            return null;
        }
        finally
        {
            if (!HasEnded)
            {
                Volatile.Write(ref _since, 0); // else its end is waited for
            }
        }
    }
}
