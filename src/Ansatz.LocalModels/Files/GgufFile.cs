using System.Text;

namespace Ansatz.LocalModels;

/// <summary>Reads a GGUF file's header far enough to tell, before llama.cpp gets it, whether it is one and whether all of it is there.</summary>
internal static class GgufFile
{
    // Bytes of a metadata value, by the number of its type; strings (8) and arrays (9) carry their length.
    private static ReadOnlySpan<int> ValueBytes => [1, 1, 2, 2, 4, 4, 4, 1, -1, -1, 8, 8, 8];

    /// <exception cref="InputException">Not there, no GGUF file, or cut short.</exception>
    public static void Check(string path)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"The model file {path} does not exist.");
        }

        string name = Path.GetFileName(path);
        try
        {
            using FileStream file = File.OpenRead(path);
            CheckLength(name, file.Length, new BinaryReader(file, Encoding.UTF8, leaveOpen: true));
        }
        catch (EndOfStreamException)
        {
            throw new InputException($"The model file {name} ends inside its own header: it was cut short. Fetch it again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The model file {path} cannot be read: {e.Message}", e);
        }
    }

    private static void CheckLength(string name, long length, BinaryReader reader)
    {
        if (length < 4 || reader.ReadUInt32() != 0x46554747) // "GGUF"
        {
            throw new InputException($"{name} is not a GGUF file. Name a model in the GGUF format.");
        }

        uint version = reader.ReadUInt32();
        if (version is not (2 or 3))
        {
            throw new InputException($"The model file {name} says that it is GGUF version {version}; versions 2 and 3 are read.");
        }

        ulong tensors = reader.ReadUInt64();
        ulong values = reader.ReadUInt64();
        ulong alignment = 32;
        for (ulong i = 0; i < values; i++)
        {
            string key = Encoding.UTF8.GetString(ReadString(name, length, reader));
            uint type = reader.ReadUInt32();
            if (key == "general.alignment" && type == 4)
            {
                alignment = Math.Max(1, reader.ReadUInt32());
            }
            else
            {
                SkipValue(name, length, reader, type);
            }
        }

        ulong end = 0;
        for (ulong i = 0; i < tensors; i++)
        {
            ReadString(name, length, reader);
            uint dimensions = reader.ReadUInt32();
            if (dimensions > 4)
            {
                throw Damaged(name);
            }

            ulong elements = 1;
            for (uint d = 0; d < dimensions; d++)
            {
                elements *= reader.ReadUInt64();
            }

            uint type = reader.ReadUInt32();
            ulong offset = reader.ReadUInt64();
            (ulong perBlock, ulong bytes) = BlockOf(type);
            end = Math.Max(end, offset + (elements / perBlock * bytes));
        }

        ulong start = ((ulong)reader.BaseStream.Position + alignment - 1) / alignment * alignment;
        if (end > 0 && (ulong)length < start + end)
        {
            ulong whole = start + end;
            string where = whole - (ulong)length > 1_000_000 ? $"{length / 1e6:0} of {whole / 1e6:0} MB" : $"{length:N0} of {whole:N0} bytes";
            throw new InputException($"The model file {name} ends after {where}: it was cut short. Fetch it again.");
        }
    }

    // Elements and bytes of a block of each type, by the type's number in the format (ggml.h); a type that is not here is taken as it comes.
    private static (ulong Elements, ulong Bytes) BlockOf(uint type) => type switch
    {
        0 or 26 => (1, 4), // F32, I32
        1 or 25 or 30 => (1, 2), // F16, I16, BF16
        24 => (1, 1), // I8
        27 or 28 => (1, 8), // I64, F64
        2 => (32, 18), // Q4_0
        3 => (32, 20), // Q4_1
        6 => (32, 22), // Q5_0
        7 => (32, 24), // Q5_1
        8 => (32, 34), // Q8_0
        10 => (256, 84), // Q2_K
        11 => (256, 110), // Q3_K
        12 => (256, 144), // Q4_K
        13 => (256, 176), // Q5_K
        14 => (256, 210), // Q6_K
        _ => (1, 0),
    };

    private static ReadOnlySpan<byte> ReadString(string name, long length, BinaryReader reader)
    {
        ulong bytes = reader.ReadUInt64();
        if (bytes > (ulong)length)
        {
            throw Damaged(name);
        }

        byte[] text = reader.ReadBytes((int)bytes);
        return (ulong)text.Length == bytes ? text : throw new EndOfStreamException();
    }

    private static void SkipValue(string name, long length, BinaryReader reader, uint type)
    {
        if (type == 8)
        {
            ReadString(name, length, reader);
        }
        else if (type == 9)
        {
            uint of = reader.ReadUInt32();
            ulong count = reader.ReadUInt64();
            if (count > (ulong)length || of == 9)
            {
                throw Damaged(name);
            }

            for (ulong i = 0; i < count; i++)
            {
                SkipValue(name, length, reader, of);
            }
        }
        else if (type >= ValueBytes.Length)
        {
            throw Damaged(name);
        }
        else if (reader.ReadBytes(ValueBytes[(int)type]).Length < ValueBytes[(int)type])
        {
            throw new EndOfStreamException();
        }
    }

    private static InputException Damaged(string name) => new($"The model file {name} has a damaged header. Fetch it again.");
}
